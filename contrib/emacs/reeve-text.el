;;; reeve-text.el --- Text of tickets, made harmless  -*- lexical-binding: t -*-

;;; Commentary:

;; What comes from tickets and agents is hostile until it has been through
;; `reeve-clean'.

;;; Code:

;; Controls, marks of direction, zero-width and filling characters, separators
;; of lines, annotations, tags.  The same ranges as Reeve's command line uses
;; (Unicode Character Database: Cc, and of Cf and Default_Ignorable_Code_Point
;; all but the variation selectors).  Beyond that what is no character at all:
;; Emacs keeps bytes that it cannot decode above #x10FFFF.
(defconst reeve-text--active
  (concat "[\u0000-\u001F\u007F-\u009F\u00AD\u034F\u061C\u115F-\u1160\u17B4-\u17B5\u180E"
          "\u200B-\u200F\u2028-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF0-\uFFFB"
          "\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0000-\U000E00FF"
          "\U000E01F0-\U000E0FFF]")
  "Matches a character that does something instead of being seen.")

(defun reeve-text--kept (text)
  "TEXT without active characters and without bytes that are no characters."
  (replace-regexp-in-string
   "[^\u0000-\U0010FFFF]" "" (replace-regexp-in-string reeve-text--active "" text t t) t t))

(defun reeve-clean (text &optional keeping-lines)
  "TEXT without anything that does something instead of being seen.
A tab becomes a space.  With KEEPING-LINES line breaks stay.  What is no
string becomes an empty one.  Text properties go."
  (cond
   ((not (stringp text)) "")
   ;; What nearly all is.
   ((not (string-match-p "[^ -~]" text)) (substring-no-properties text))
   (t
    (let ((spaced (string-replace "\t" " " (substring-no-properties (string-to-multibyte text)))))
      (if keeping-lines
          (mapconcat #'reeve-text--kept (split-string spaced "\n") "\n")
        (reeve-text--kept spaced))))))

(defun reeve-fit (text columns)
  "TEXT cut to COLUMNS, with an ellipsis where something is missing."
  (truncate-string-to-width text columns nil nil "…"))

(defun reeve-get (object &rest names)
  "The member of a parsed OBJECT that NAMES lead to, or nil."
  (while (and names object)
    (setq object (and (hash-table-p object) (gethash (pop names) object))))
  (unless names object))

(defun reeve-error-words (problem)
  "PROBLEM of the daemon in words: its kind, its message, its hint."
  (let ((hint (plist-get problem :hint)))
    (concat (reeve-clean (plist-get problem :kind)) ": "
            (reeve-clean (plist-get problem :message))
            (if (stringp hint) (concat "; " (reeve-clean hint)) ""))))

(provide 'reeve-text)
;;; reeve-text.el ends here
