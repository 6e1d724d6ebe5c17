;;; reeve-connection.el --- The connection to a Reeve daemon  -*- lexical-binding: t -*-

;;; Commentary:

;; Strict JSON-RPC, one text a line, over a Unix socket.  Nothing here waits.
;;
;; A request that changes something has an idempotency key.  When the
;; connection is lost before its answer, it is sent again with the same key on
;; the next connection: the daemon carries it out once.  Questions fail with
;; `unreachable' then, and are asked anew by whoever wants to know.

;;; Code:

(require 'cl-lib)
(require 'subr-x)
(require 'reeve-options)
(require 'reeve-text)

(defconst reeve-connection-first-pause 0.2
  "Seconds before the first new attempt; each further one waits twice as long.")
(defconst reeve-connection-longest-pause 10
  "Seconds that an attempt waits at most.")
(defconst reeve-connection-longest-request (* 1024 1024)
  "Bytes of a line that the daemon takes, with its newline.")
(defconst reeve-connection-most-unanswered (* 128 1024)
  "Bytes of requests without an answer from which on no more are sent.
A daemon that is stopped reads nothing, and what the kernel holds no more
would make Emacs wait.")
(defvar reeve-connection-longest-line (* 16 1024 1024)
  "Bytes of a line that is kept; a longer one is skipped to its end.")

(defconst reeve-connection--hint
  "is reeved running? systemctl --user start reeve.socket, or reeved in a terminal")

(defvar reeve-connection-state 'idle
  "`idle', `connecting', `up', or `waiting' for the next attempt.")
(defvar reeve-connection-problem nil "Why there is no connection.")
(defvar reeve-connection-invalid 0 "How many lines were no JSON object.")
(defvar reeve-connection-up-functions nil "Called when there is a connection.")
(defvar reeve-connection-down-functions nil
  "Called with the problem when there is no connection, or no more.")
(defvar reeve-connection-notification-functions nil
  "Called with method and params of each notification.")

(defvar reeve-connection--process nil)
(defvar reeve-connection--timer nil)
(defvar reeve-connection--pause reeve-connection-first-pause)
(defvar reeve-connection--pending (make-hash-table))
(defvar reeve-connection--next 1)
(defvar reeve-connection--parts nil "Pieces of an unfinished line, the newest first.")
(defvar reeve-connection--size 0)
(defvar reeve-connection--skipping nil)
(defvar reeve-connection--refusal nil "What the daemon said without being asked.")

(cl-defstruct (reeve-request (:constructor reeve-request--make))
  callback timer line keyed method)

(defun reeve-problem (kind message &optional hint)
  "A problem of KIND with MESSAGE and HINT."
  (list :kind kind :message message :hint hint))

(defun reeve-connection-up-p ()
  "Whether there is a connection."
  (eq reeve-connection-state 'up))

(defun reeve-connection-start ()
  "Connect, and again whenever the connection is lost."
  (when (eq reeve-connection-state 'idle) (reeve-connection--connect)))

(defun reeve-connection-hurry ()
  "Make the next attempt now: somebody wants something."
  (when (eq reeve-connection-state 'waiting) (reeve-connection--connect)))

(defun reeve-connection-settled ()
  "The connection works: the next loss begins with the short pause again."
  (setq reeve-connection--pause reeve-connection-first-pause))

(defun reeve-connection--forget-process ()
  "Close what there is, without hearing of it."
  (when reeve-connection--timer (cancel-timer reeve-connection--timer))
  (let ((process reeve-connection--process))
    (setq reeve-connection--process nil reeve-connection--timer nil
          reeve-connection--parts nil reeve-connection--size 0 reeve-connection--skipping nil
          reeve-connection--refusal nil)
    (when process
      (set-process-sentinel process #'ignore)
      (set-process-filter process #'ignore)
      (delete-process process))))

(defun reeve-connection--connect ()
  "Try to connect."
  (reeve-connection--forget-process)
  (setq reeve-connection-state 'connecting)
  (let ((path (reeve-socket-path)))
    (if (not path)
        (reeve-connection-lost
         (reeve-problem "unreachable" "XDG_RUNTIME_DIR is not set" "set reeve-socket, or REEVE_SOCKET"))
      ;; Not to wait: a daemon that is stopped takes no more connections at some time.
      (condition-case fault
          (setq reeve-connection--process
                (make-network-process :name "reeve" :family 'local :service path :coding 'binary :noquery t :nowait t
                                      :filter #'reeve-connection--filter :sentinel #'reeve-connection--sentinel))
        (error (reeve-connection-lost (reeve-connection--unreachable path (error-message-string fault)))))
      (when reeve-connection--process
        (pcase (process-status reeve-connection--process)
          ('open (reeve-connection--opened))
          ('connect nil)
          ;; Emacs 28 tells of this here, and calls no sentinel.
          (_ (reeve-connection-lost
              (reeve-connection--unreachable
               path (if (file-exists-p path) "nobody listens, or it takes no more connections" "no such file")))))))))

(defun reeve-connection--unreachable (path why)
  "The problem that PATH cannot be connected to; WHY, in words."
  (reeve-problem "unreachable" (format "no daemon answers at %s (%s)" path why) reeve-connection--hint))

(defun reeve-connection--opened ()
  "There is a connection: say again what changes something."
  (setq reeve-connection-state 'up reeve-connection-problem nil)
  (maphash (lambda (_ request) (reeve-connection--write (reeve-request-line request)))
           (copy-hash-table reeve-connection--pending))
  (run-hooks 'reeve-connection-up-functions))

(defun reeve-connection--sentinel (process _event)
  "Hear what becomes of PROCESS."
  (when (eq process reeve-connection--process)
    (pcase (process-status process)
      ('open (unless (reeve-connection-up-p) (reeve-connection--opened)))
      ('connect nil)
      (_ (reeve-connection-lost
          (or reeve-connection--refusal
              (reeve-problem "unreachable" "the daemon closed the connection" reeve-connection--hint)))))))

(defun reeve-connection-lost (problem)
  "There is no connection because of PROBLEM; the next attempt comes by itself."
  (reeve-connection--forget-process)
  (setq reeve-connection-state 'waiting reeve-connection-problem problem)
  (let (questions)
    (maphash (lambda (id request) (unless (reeve-request-keyed request) (push id questions)))
             reeve-connection--pending)
    (dolist (id questions) (reeve-connection--finish id problem nil)))
  (setq reeve-connection--timer (run-at-time reeve-connection--pause nil #'reeve-connection-hurry)
        reeve-connection--pause (min (* 2 reeve-connection--pause) reeve-connection-longest-pause))
  (run-hook-with-args 'reeve-connection-down-functions problem))

(defun reeve-connection-stop ()
  "Close the connection; what is asked fails."
  (reeve-connection--forget-process)
  (setq reeve-connection-state 'idle reeve-connection--pause reeve-connection-first-pause)
  (dolist (id (hash-table-keys reeve-connection--pending))
    (reeve-connection--finish id (reeve-problem "unreachable" "the connection was closed by reeve-stop") nil)))

;;;; Requests

(defun reeve-connection--write (line)
  "Send LINE."
  (condition-case fault
      ;; Nil would be the process of the current buffer, such as a terminal.
      (when reeve-connection--process (process-send-string reeve-connection--process line))
    (error (when (reeve-connection-up-p)
             (reeve-connection-lost
              (reeve-problem "unreachable" (concat "the daemon cannot be written to: " (error-message-string fault))
                             reeve-connection--hint))))))

(defun reeve-connection--finish (id problem result)
  "Answer the request ID with PROBLEM or RESULT."
  (when-let ((request (gethash id reeve-connection--pending)))
    (remhash id reeve-connection--pending)
    (cancel-timer (reeve-request-timer request))
    (funcall (reeve-request-callback request) problem result)))

(defun reeve-connection--unanswered ()
  "Bytes of the requests that have no answer."
  (let ((bytes 0))
    (maphash (lambda (_ request) (cl-incf bytes (length (reeve-request-line request)))) reeve-connection--pending)
    bytes))

(defun reeve-connection--line (id method params)
  "The bytes of the request ID of METHOD with PARAMS, a property list."
  (let ((text (json-serialize (list :jsonrpc "2.0" :id id :method method :params params))))
    (concat (if (multibyte-string-p text) (encode-coding-string text 'utf-8) text) "\n")))

(defun reeve-connection-request (method params callback &optional keyed timeout)
  "Call METHOD with PARAMS, a property list whose vectors are lists in JSON.
CALLBACK gets a problem or nil, and the result; later, and exactly once.
With KEYED it is for its effect.  TIMEOUT is in seconds."
  (let ((refuse (lambda (problem) (run-at-time 0 nil callback problem nil))) (id reeve-connection--next) line)
    (when keyed
      (setq params (append params (list :idempotencyKey
                                        (format "emacs-%d-%s-%x" (emacs-pid) (format-time-string "%s%N") (random most-positive-fixnum))))))
    (cond
     ((not (reeve-connection-up-p))
      (funcall refuse (or reeve-connection-problem (reeve-problem "unreachable" "not connected yet" reeve-connection--hint))))
     ((condition-case nil
          (ignore (setq line (reeve-connection--line id method params)))
        (error t))
      (funcall refuse (reeve-problem "invalid_params" "this cannot be put into JSON" "only text can be sent")))
     ((> (length line) reeve-connection-longest-request)
      (funcall refuse (reeve-problem "too_large" (format "a request has at most 1 MiB; this one has %d bytes" (length line)) "send less")))
     ((and (> (hash-table-count reeve-connection--pending) 0)
           (> (+ (length line) (reeve-connection--unanswered)) reeve-connection-most-unanswered))
      (funcall refuse (reeve-problem "busy" "the daemon has not answered what it was asked before" "wait for its answer")))
     (t
      (let ((seconds (or timeout (if keyed reeve-action-timeout reeve-query-timeout))))
        (cl-incf reeve-connection--next)
        (puthash id (reeve-request--make
                     :callback callback :line line :keyed keyed :method method
                     :timer (run-at-time seconds nil #'reeve-connection--late id method seconds keyed))
                 reeve-connection--pending)
        (reeve-connection--write line))))))

(defun reeve-connection--late (id method seconds keyed)
  "No answer to ID came within SECONDS of METHOD; KEYED as in the request."
  (reeve-connection--finish
   id (reeve-problem "timeout" (format "no answer to %s in %s s" method seconds)
                     (if keyed "it may have been done all the same: look at the list" "the daemon is busy or stopped"))
   nil))

;;;; Lines

(defun reeve-connection--keep (part)
  "Keep PART of a line."
  (unless (or reeve-connection--skipping (string-empty-p part))
    (cl-incf reeve-connection--size (length part))
    (if (<= reeve-connection--size reeve-connection-longest-line)
        (push part reeve-connection--parts)
      (setq reeve-connection--parts nil reeve-connection--skipping t)
      (cl-incf reeve-connection-invalid))))

(defun reeve-connection--filter (process bytes)
  "Take BYTES of PROCESS, however they are cut."
  (let ((start 0) stop)
    (while (and (eq process reeve-connection--process)
                (setq stop (string-search "\n" bytes start)))
      (reeve-connection--keep (substring bytes start stop))
      (let ((line (apply #'concat (nreverse reeve-connection--parts))) (skipping reeve-connection--skipping))
        (setq reeve-connection--parts nil reeve-connection--size 0 reeve-connection--skipping nil start (1+ stop))
        (unless (or skipping (string-match-p "\\`[ \t\r]*\\'" line))
          ;; What one line leads to must not keep the next from being read.
          (with-demoted-errors "reeve: %S" (reeve-connection--take line)))))
    (when (eq process reeve-connection--process) (reeve-connection--keep (substring bytes start)))))

(defun reeve-connection--without-nul (text)
  "TEXT of JSON without escaped NULs: no string of the parser can hold one."
  (if (not (string-search "\\u0000" text))
      text
    ;; An even number of backslashes before it belongs to the text before it.
    (replace-regexp-in-string "\\(?:\\\\\\\\\\|\\\\u0000\\)"
                              (lambda (match) (if (equal match "\\u0000") "" match)) text t t)))

(defun reeve-connection--parse (line)
  "The object in LINE, or nil."
  (condition-case nil
      (let ((value (json-parse-string
                    (reeve-connection--without-nul (decode-coding-string line 'utf-8-unix))
                    :array-type 'list :null-object nil :false-object nil)))
        (and (hash-table-p value) value))
    (error nil)))

(defun reeve-connection-read-error (fault &optional method)
  "The parsed error FAULT as a problem; METHOD was called."
  (let ((kind (or (reeve-get fault "data" "kind") "internal")))
    (append
     (if (and method (equal kind "unknown_method"))
         (reeve-problem kind (format "this daemon does not know %s" method)
                        "it is older than this package: update reeved, then reeve shutdown and start it again")
       (reeve-problem kind (or (reeve-get fault "message") "an error without a message") (reeve-get fault "data" "hint")))
     (list :oldest (reeve-get fault "data" "oldest") :path (reeve-get fault "data" "path")))))

(defun reeve-connection--take (line)
  "Take LINE."
  (let* ((value (reeve-connection--parse line)) (id (reeve-get value "id")) (method (reeve-get value "method"))
         (fault (reeve-get value "error")) (request (and (integerp id) (gethash id reeve-connection--pending))))
    (cond
     ((not value) (cl-incf reeve-connection-invalid))
     ((and (stringp method) (not id))
      (run-hook-with-args 'reeve-connection-notification-functions method (reeve-get value "params")))
     ((and request (hash-table-p fault))
      (reeve-connection--finish id (reeve-connection-read-error fault (reeve-request-method request)) nil))
     (request (reeve-connection--finish id nil (reeve-get value "result")))
     ;; There is no room for another connection, or a line of ours was not understood.
     ((and (not id) (hash-table-p fault)) (setq reeve-connection--refusal (reeve-connection-read-error fault))))))

(provide 'reeve-connection)
;;; reeve-connection.el ends here
