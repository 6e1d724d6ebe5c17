;;; reeve.el --- Tickets and coding agents of a Reeve daemon  -*- lexical-binding: t -*-

;; Version: 0.1
;; Package-Requires: ((emacs "28.1"))
;; Keywords: tools, processes

;;; Commentary:

;; A client of reeved, the daemon that runs coding agents on tickets.
;;
;;   M-x reeve-list             tickets and agents, what needs you first; ? shows the keys
;;   M-x reeve-mode-line-mode   counts in every mode line
;;   M-x reeve                  says how things are
;;
;; reeve-approve, -reject, -send, -send-region, -switch, -attach, -preview,
;; -launch, -pause, -resume and -add do one thing each; they complete the ids of
;; live tickets.  Nothing connects before one of them is used, and nothing makes
;; Emacs wait.  The README beside this file has the options.

;;; Code:

(require 'reeve-list)

;;;###autoload
(defun reeve ()
  "Say in the echo area how things are."
  (interactive)
  (reeve-board-ready
   (lambda (problem)
     (if problem (reeve-complain problem) (message "%s" (reeve-mode-line-words))))))

;;;###autoload
(defun reeve-stop ()
  "Close the connection.  The next command makes a new one, where this one was."
  (interactive)
  (reeve-connection-stop)
  (reeve-mode-line--update)
  (reeve-list-draw))

(provide 'reeve)
;;; reeve.el ends here
