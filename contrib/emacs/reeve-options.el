;;; reeve-options.el --- What can be set for Reeve  -*- lexical-binding: t -*-

;;; Commentary:

;; The options, and what follows from the environment.

;;; Code:

(defgroup reeve nil
  "Tickets and coding agents of a Reeve daemon."
  :group 'tools
  :prefix "reeve-")

(defcustom reeve-socket nil
  "Path of the daemon's control socket; the environment says it when nil."
  :type '(choice (const :tag "As the environment says" nil) file))

(defcustom reeve-program "reeve"
  "The command line of Reeve, for terminals."
  :type 'string)

(defcustom reeve-finished 50
  "How many finished tickets the list shows."
  :type 'natnum)

(defcustom reeve-notify t
  "Whether what needs you is told in the echo area."
  :type 'boolean)

(defcustom reeve-query-timeout 10
  "Seconds for an answer to a question."
  :type 'number)

(defcustom reeve-action-timeout 300
  "Seconds for an answer to what types, launches or switches."
  :type 'number)

(defun reeve-options--environment (name)
  "The variable NAME of the environment; nil when it is empty."
  (let ((value (getenv name)))
    (and value (not (string-empty-p value)) value)))

(defun reeve-socket-path ()
  "Where the daemon listens, in the order of Reeve's command line; or nil."
  (let ((runtime (reeve-options--environment "REEVE_RUNTIME_DIR"))
        (session (reeve-options--environment "XDG_RUNTIME_DIR")))
    (cond (reeve-socket (expand-file-name reeve-socket))
          ((reeve-options--environment "REEVE_SOCKET"))
          (runtime (concat runtime "/control.sock"))
          (session (concat session "/reeve/control.sock")))))

(provide 'reeve-options)
;;; reeve-options.el ends here
