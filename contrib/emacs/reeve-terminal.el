;;; reeve-terminal.el --- An agent's terminal in Emacs  -*- lexical-binding: t -*-

;;; Commentary:

;; An agent's terminal in a buffer of `term', or its last lines as text.

;;; Code:

(require 'term)
(require 'reeve-actions)

(defun reeve-terminal--check (id)
  "Signal an error unless ID is one by the daemon's rule.
Another did not come from a daemon, and could be read as an option."
  (unless (let ((case-fold-search nil)) (string-match-p "\\`[A-Za-z0-9_][A-Za-z0-9_.-]\\{0,63\\}\\'" id))
    (user-error "`%s' is no ticket's id" (reeve-clean id))))

;;;###autoload
(defun reeve-attach (id)
  "Show the terminal of the agent of ID in a buffer, and type into it.
The buffer is in `term-char-mode': its keys go to the agent; \\<term-raw-map>\\[term-line-mode] leaves that."
  (interactive (list (reeve-actions--read-ticket 'agent)))
  (reeve-terminal--check id)
  (unless (executable-find reeve-program)
    (user-error "There is no program `%s'; set `reeve-program', or put reeve into PATH" reeve-program))
  (let* ((name (concat "reeve " id)) (buffer (get-buffer (concat "*" name "*"))))
    (unless (and buffer (process-live-p (get-buffer-process buffer)))
      (when buffer (kill-buffer buffer))
      (setq buffer (get-buffer-create (concat "*" name "*")))
      ;; In a window first: the terminal has the size of that.
      (pop-to-buffer buffer)
      (let ((socket (reeve-socket-path)) (process-environment (copy-sequence process-environment))
            (process-connection-type t))
        ;; Inside Reeve's own tmux the client would be switched instead of this buffer.
        (dolist (variable '("TMUX" "TMUX_PANE")) (setenv variable nil))
        (when socket (setenv "REEVE_SOCKET" socket))
        (make-term name reeve-program nil "attach" id))
      (with-current-buffer buffer
        (term-mode)
        (term-char-mode)
        (setq reeve-ticket id)
        (let ((process (get-buffer-process buffer)))
          (set-process-query-on-exit-flag process nil)
          ;; Emacs would take it for its own coding, and term's own is for bytes.
          (set-process-coding-system process 'binary 'utf-8-unix))))
    (pop-to-buffer buffer)))

;;;###autoload
(defun reeve-preview (id)
  "Show the last lines of the screen of the agent of ID."
  (interactive (list (reeve-actions--read-ticket 'agent)))
  (reeve-request
   "agent.capture" (list :ticket id :lines 200)
   (lambda (problem result)
     (if problem
         (reeve-complain problem)
       (reeve-terminal--show-preview id (reeve-clean (reeve-get result "text") t))))
   nil (* 3 reeve-query-timeout)))

(defun reeve-terminal--show-preview (id text)
  "Show TEXT as the screen of ID."
  (let ((buffer (get-buffer-create (format "*reeve preview %s*" (reeve-clean id)))))
    (with-current-buffer buffer
      (unless (derived-mode-p 'reeve-preview-mode) (reeve-preview-mode))
      (setq reeve-ticket id)
      (let ((inhibit-read-only t))
        (erase-buffer)
        (insert text))
      (goto-char (point-max)))
    (let ((window (display-buffer buffer)))
      (when window (set-window-point window (with-current-buffer buffer (point-max)))))))

(define-derived-mode reeve-preview-mode special-mode "Reeve-Preview"
  "The last lines of an agent's screen; \\<reeve-preview-mode-map>\\[revert-buffer] reads them again."
  (setq-local revert-buffer-function (lambda (&rest _) (reeve-preview reeve-ticket))))

(provide 'reeve-terminal)
;;; reeve-terminal.el ends here
