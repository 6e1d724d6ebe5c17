;;; reeve-mode-line.el --- Reeve in the mode line  -*- lexical-binding: t -*-

;;; Commentary:

;; One line of what there is, and what newly needs you.

;;; Code:

(require 'reeve-board)

(defvar reeve-mode-line--newest nil "The newest thing that needs you: its ticket, and words.")

(defun reeve-mode-line--asks (event)
  "What EVENT asks of a person, in words; nil for nothing."
  (let* ((kind (reeve-get event "kind")) (id (reeve-clean (reeve-get event "ticket"))) (data (reeve-get event "data"))
         (agent (reeve-get data "agent")) (state (reeve-get agent "state")) (reason (reeve-get agent "reason")))
    (cond
     ((and (equal kind "agent.review") (equal (reeve-get data "verdict") "open"))
      (format "%s: %s waits for your review" id (reeve-clean (reeve-get data "step"))))
     ;; The review itself was told.
     ((and (equal kind "agent.state") (equal (reeve-get (gethash id reeve-board-tickets) "state") "review")) nil)
     ((and (equal kind "agent.state") (member state '("waiting" "error")))
      (format "%s: %s %s%s" id (reeve-clean (reeve-get agent "kind"))
              (if (equal state "waiting") "waits for you" "has failed")
              (if reason (format " (%s)" (reeve-clean reason)) "")))
     ((equal kind "session.lost") (concat id ": its terminal is lost"))
     ((equal kind "metadata.notify")
      (concat (if (string-empty-p id) "" (concat id ": ")) (reeve-clean (reeve-get data "body")))))))

(defun reeve-mode-line--hear (event)
  "Tell what EVENT asks of a person."
  (let ((words (reeve-mode-line--asks event)) (id (reeve-get event "ticket")))
    (cond
     (words
      (setq reeve-mode-line--newest (cons id words))
      (when reeve-notify (message "%s" (concat "reeve: " words))))
     ;; It was dealt with.
     ((and id (equal id (car reeve-mode-line--newest))
           (let ((ticket (gethash id reeve-board-tickets)))
             (not (and ticket (reeve-board-needs-you-p ticket)))))
      (setq reeve-mode-line--newest nil)))))

(defun reeve-mode-line-words ()
  "What there is: `reeve ● 2 need you · 3 running · paused'."
  (cond
   ((eq reeve-connection-state 'idle) "")
   ((not (reeve-connection-up-p)) "reeve ○ not connected")
   ((not reeve-board-status) "reeve ○ reading")
   (t
    (pcase-let ((`(,need ,running) (reeve-board-counts)))
      (concat "reeve ● "
              (string-join
               (delq nil (list (and (> need 0) (format "%d %s" need (if (= need 1) "needs you" "need you")))
                               (and (or (> running 0) (= need 0)) (format "%d running" running))
                               (and (reeve-get reeve-board-status "paused") "paused")
                               (and reeve-mode-line--newest (reeve-fit (cdr reeve-mode-line--newest) 40))))
               " · "))))))

(defun reeve-mode-line ()
  "The segment for a mode line, in which `%' is doubled."
  (let ((words (reeve-mode-line-words)))
    (if (string-empty-p words) "" (concat " " (string-replace "%" "%%" words) " "))))

(defconst reeve-mode-line--segment '(:eval (reeve-mode-line)) "What the mode line gets.")

;;;###autoload
(define-minor-mode reeve-mode-line-mode
  "Show in every mode line how many tickets need you, and connect for this."
  :global t :group 'reeve
  (if (not reeve-mode-line-mode)
      (setq global-mode-string (delete reeve-mode-line--segment global-mode-string))
    (unless global-mode-string (setq global-mode-string '("")))
    (unless (listp global-mode-string) (setq global-mode-string (list global-mode-string)))
    (unless (member reeve-mode-line--segment global-mode-string)
      (setq global-mode-string (append global-mode-string (list reeve-mode-line--segment))))
    (reeve-connection-start)))

(defun reeve-mode-line--update () "Draw the mode lines anew." (force-mode-line-update t))

(add-hook 'reeve-events-functions #'reeve-mode-line--hear)
(add-hook 'reeve-board-change-functions #'reeve-mode-line--update)

(provide 'reeve-mode-line)
;;; reeve-mode-line.el ends here
