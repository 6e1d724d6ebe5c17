;;; reeve-board.el --- What is known of tickets and agents  -*- lexical-binding: t -*-

;;; Commentary:

;; Read whole when a subscription begins, then kept by events.

;;; Code:

(require 'cl-lib)
(require 'seq)
(require 'subr-x)
(require 'reeve-events)

(defconst reeve-board--page 200
  "Tickets of a page; they have no bodies, so it stays below a megabyte.")

(defvar reeve-board-tickets (make-hash-table :test #'equal) "Tickets by id.")
(defvar reeve-board-agents (make-hash-table :test #'equal) "Agents by ticket.")
(defvar reeve-board-status nil "The last answer of system.status; nil before the first.")
(defvar reeve-board-change-functions nil "Called after each change of what is known.")

(defvar reeve-board--touched nil "Tickets that an event changed during a refresh: a table, or nil.")
(defvar reeve-board--touched-agents nil)
(defvar reeve-board--again nil "Callbacks of the refresh that follows; t for one without.")
(defvar reeve-board--glancing nil)
(defvar reeve-board--glance-again nil)
(defvar reeve-board--soon nil)

(defun reeve-board--table () "A table by ids." (make-hash-table :test #'equal))

(defun reeve-board--changed () "Tell of a change." (run-hooks 'reeve-board-change-functions))

(defun reeve-board--read (states limit callback)
  "Read the tickets in STATES, at most LIMIT; CALLBACK gets a problem and them."
  (let (found (count 0) read)
    (setq read
          (lambda (before)
            (reeve-connection-request
             "ticket.list"
             (append (list :states states :limit (min reeve-board--page (- limit count))) (and before (list :before before)))
             (lambda (problem result)
               (let ((next (reeve-get result "next")) (page (reeve-get result "tickets")))
                 (setq found (nconc (reverse page) found) count (+ count (length page)))
                 (cond (problem (funcall callback problem nil))
                       ((and next page (< count limit)) (funcall read next))
                       (t (funcall callback nil found))))))))
    (funcall read nil)))

(defun reeve-board-refresh (&optional callback)
  "Read everything anew; CALLBACK gets a problem or nil.
While that is under way, an event is newer than the answer."
  (if reeve-board--touched
      (push (or callback #'ignore) reeve-board--again)
    (setq reeve-board--touched (reeve-board--table))
    (let* ((tickets (reeve-board--table)) (parts (if (> reeve-finished 0) 2 1)) trouble
           (part (lambda (problem found)
                   (setq trouble (or trouble problem))
                   (dolist (ticket found) (puthash (reeve-get ticket "id") ticket tickets))
                   (when (zerop (cl-decf parts)) (reeve-board--read-all tickets trouble callback)))))
      (reeve-board--read ["queued" "running" "review" "failed" "lost"] 100000 part)
      (when (> reeve-finished 0) (reeve-board--read ["done" "cancelled"] reeve-finished part)))))

(defun reeve-board--read-all (tickets problem callback)
  "TICKETS are what is there now, unless there was a PROBLEM; CALLBACK is told."
  (let ((touched reeve-board--touched) (again reeve-board--again))
    (setq reeve-board--touched nil reeve-board--again nil)
    (unless problem
      (dolist (id (hash-table-keys touched))
        (if-let ((ticket (gethash id reeve-board-tickets))) (puthash id ticket tickets) (remhash id tickets)))
      (setq reeve-board-tickets tickets))
    (reeve-board-glance (lambda (fault) (when callback (funcall callback (or problem fault)))))
    (when again
      (reeve-board-refresh (lambda (fault) (dolist (each again) (funcall each fault)))))))

(defun reeve-board-glance (&optional callback)
  "Read what is short, the counts and the agents; CALLBACK gets a problem or nil."
  (if reeve-board--glancing
      (progn (setq reeve-board--glance-again t)
             (when callback (funcall callback nil)))
    (setq reeve-board--glancing t reeve-board--touched-agents nil)
    (reeve-connection-request
     "system.status" nil
     (lambda (problem status)
       (unless problem (setq reeve-board-status status))
       (reeve-connection-request
        "agent.list" nil
        (lambda (fault result)
          (setq reeve-board--glancing nil)
          (unless fault
            (let ((agents (reeve-board--table)))
              (dolist (agent (reeve-get result "agents")) (puthash (reeve-get agent "ticket") agent agents))
              (dolist (id reeve-board--touched-agents) (puthash id (gethash id reeve-board-agents) agents))
              (setq reeve-board-agents agents)))
          (reeve-board--changed)
          (when callback (funcall callback (or problem fault)))
          (when reeve-board--glance-again
            (setq reeve-board--glance-again nil)
            (reeve-board-glance))))))))

(defun reeve-board--glance-soon ()
  "Several events in a moment lead to one look."
  (unless reeve-board--soon
    (setq reeve-board--soon
          (run-at-time 0.2 nil (lambda ()
                                 (setq reeve-board--soon nil)
                                 (when (reeve-connection-up-p) (reeve-board-glance)))))))

(defun reeve-board--touch (id)
  "The ticket ID was changed by an event."
  (when reeve-board--touched (puthash id t reeve-board--touched)))

(defun reeve-board--metadata (id name value)
  "The ticket ID has VALUE as NAME of its metadata now."
  (when-let ((ticket (gethash id reeve-board-tickets)))
    (let ((metadata (or (reeve-get ticket "metadata") (reeve-board--table))))
      (if value (puthash name value metadata) (remhash name metadata))
      (puthash "metadata" metadata ticket))))

(defun reeve-board--take (event)
  "Apply EVENT."
  (let* ((kind (reeve-get event "kind")) (id (reeve-get event "ticket")) (data (reeve-get event "data"))
         (ticket (reeve-get data "ticket")) (agent (reeve-get data "agent")))
    (cond
     ((stringp (reeve-get ticket "id"))
      (let ((id (reeve-get ticket "id")))
        ;; Events do not say what metadata a ticket has.
        (when-let ((metadata (reeve-get (gethash id reeve-board-tickets) "metadata"))) (puthash "metadata" metadata ticket))
        (puthash id ticket reeve-board-tickets)
        (reeve-board--touch id)))
     ((and (equal kind "ticket.removed") id)
      (remhash id reeve-board-tickets)
      (remhash id reeve-board-agents)
      (reeve-board--touch id))
     ((stringp (reeve-get agent "ticket"))
      (puthash (reeve-get agent "ticket") agent reeve-board-agents)
      (push (reeve-get agent "ticket") reeve-board--touched-agents))
     ((and (member kind '("queue.paused" "queue.resumed")) reeve-board-status)
      (puthash "paused" (equal kind "queue.paused") reeve-board-status))
     ((equal kind "metadata.status") (reeve-board--metadata id "status" (reeve-get data "status")))
     ((equal kind "metadata.progress") (reeve-board--metadata id "progress" (reeve-get data "progress")))
     ((equal kind "metadata.cleared")
      (dolist (part (reeve-get data "parts")) (reeve-board--metadata id part nil))))
    (reeve-board--glance-soon)
    (reeve-board--changed)))

;;;; What is asked of it

(defconst reeve-board--ranks
  '(("waiting" . 0) ("review" . 0) ("error" . 1) ("lost" . 2) ("failed" . 2) ("interrupted" . 3) ("running" . 4)
    ("queued" . 5) ("done" . 6))
  "The lower the sooner it is shown.")

(defun reeve-board-rank (ticket)
  "How soon TICKET is shown: by its state, or its agent's where that says more."
  (let ((state (reeve-get ticket "state"))
        (doing (reeve-get (gethash (reeve-get ticket "id") reeve-board-agents) "state")))
    (if (and (equal state "running") doing)
        (if (equal doing "done") 4 (alist-get doing reeve-board--ranks 4 nil #'equal))
      (alist-get state reeve-board--ranks 7 nil #'equal))))

(defun reeve-board-needs-you-p (ticket)
  "Whether TICKET waits for a person."
  (<= (reeve-board-rank ticket) 1))

(defun reeve-board--key (ticket)
  "What TICKET is sorted by, and itself: rank, priority, age, id."
  (let ((rank (reeve-board-rank ticket)))
    (vector rank (or (and (< rank 6) (reeve-get ticket "priority")) "") (or (reeve-get ticket "createdAt") "")
            (or (reeve-get ticket "id") "") ticket)))

(defun reeve-board--before-p (a b)
  "Whether A, a key, is shown before B."
  (let ((rank (aref a 0)))
    (cond ((/= rank (aref b 0)) (< rank (aref b 0)))
          ((not (string= (aref a 1) (aref b 1))) (string< (aref a 1) (aref b 1)))
          ((string= (aref a 2) (aref b 2)) (string< (aref a 3) (aref b 3)))
          ;; Finished ones newest first.
          ((>= rank 6) (string< (aref b 2) (aref a 2)))
          (t (string< (aref a 2) (aref b 2))))))

(defun reeve-board-rows ()
  "Tickets with their ranks: what needs you first, then by priority and age."
  (mapcar (lambda (key) (cons (aref key 0) (aref key 4)))
          (sort (mapcar #'reeve-board--key (hash-table-values reeve-board-tickets)) #'reeve-board--before-p)))

(defun reeve-board-counts ()
  "How many tickets need you, and how many others are in work."
  (let ((need 0) (running 0))
    (maphash (lambda (_ ticket)
               (cond ((reeve-board-needs-you-p ticket) (cl-incf need))
                     ((equal (reeve-get ticket "state") "running") (cl-incf running))))
             reeve-board-tickets)
    (list need running)))

(defun reeve-board-ids (&optional wanted)
  "Ids of live tickets; WANTED may be `review', or `agent'."
  (delq nil
        (mapcar (pcase-lambda (`(,rank . ,ticket))
                  (let ((id (reeve-get ticket "id")))
                    (and (pcase wanted
                           ('review (equal (reeve-get ticket "state") "review"))
                           ('agent (gethash id reeve-board-agents))
                           (_ (< rank 6)))
                         id)))
                (reeve-board-rows))))

;;;; When it is known

(defvar reeve-board--waiting nil "Those who wait for the first picture.")

(defun reeve-board--answer (problem)
  "Tell those who wait of PROBLEM, or that tickets are known."
  (let ((callbacks (nreverse reeve-board--waiting)))
    (setq reeve-board--waiting nil)
    (dolist (callback callbacks) (funcall callback problem))))

(defun reeve-board-ready (callback)
  "Connect if need be; CALLBACK gets nil when tickets are known, or a problem."
  (reeve-connection-start)
  (if (and (reeve-connection-up-p) reeve-board-status)
      (funcall callback nil)
    (push callback reeve-board--waiting)
    ;; Never before this function has returned: the caller's own state is set by then.
    (run-at-time 0 nil #'reeve-board--hurry)))

(defun reeve-board--hurry ()
  "Somebody waits: tell what is known by now, or try again at once."
  (cond ((and (reeve-connection-up-p) reeve-board-status) (reeve-board--answer nil))
        (t (reeve-connection-hurry))))

(add-hook 'reeve-board-change-functions
          (lambda () (when (and (reeve-connection-up-p) reeve-board-status) (reeve-board--answer nil))))
(add-hook 'reeve-connection-down-functions #'reeve-board--answer)
(add-hook 'reeve-connection-down-functions (lambda (_) (reeve-board--changed)) t)
(add-hook 'reeve-events-functions #'reeve-board--take -50)
(add-hook 'reeve-events-refresh-functions (lambda () (reeve-board-refresh)))

(defun reeve-request (method params callback &optional keyed timeout)
  "Call METHOD with PARAMS once there is a connection.
CALLBACK, KEYED and TIMEOUT are as in `reeve-connection-request'."
  (reeve-board-ready
   (lambda (problem)
     (if problem
         (funcall callback problem nil)
       (reeve-connection-request method params callback keyed timeout)))))

(provide 'reeve-board)
;;; reeve-board.el ends here
