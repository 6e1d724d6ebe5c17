;;; reeve-actions.el --- What can be done with a ticket of Reeve  -*- lexical-binding: t -*-

;;; Commentary:

;; The commands.  Each asks for what it lacks, and says what came of it.

;;; Code:

(require 'reeve-board)

(defvar-local reeve-ticket nil "The ticket that this buffer shows.")

(defvar reeve-actions--kinds nil "Names of agents, as far as they are known.")

(defun reeve-actions--say (format-string &rest arguments)
  "Show FORMAT-STRING with ARGUMENTS in the echo area."
  (message "%s" (concat "reeve: " (apply #'format format-string arguments))))

(defun reeve-complain (problem)
  "Show PROBLEM in the echo area."
  (reeve-actions--say "%s" (reeve-error-words problem)))

(defun reeve-actions--carry-out (method params sentence &optional on-problem)
  "Call METHOD with PARAMS, for its effect.
SENTENCE makes words of its result.  ON-PROBLEM may take a problem: it answers
non-nil then."
  (reeve-request
   method params
   (lambda (problem result)
     (cond ((not problem) (reeve-actions--say "%s" (funcall sentence result)))
           ((and on-problem (funcall on-problem problem)))
           (t (reeve-complain problem))))
   t))

(defun reeve-actions--ticket-words (verb)
  "A function with words for a result whose ticket is VERB."
  (lambda (result)
    (let ((reason (reeve-get result "ticket" "reason")))
      (format "%s %s: %s%s" (reeve-clean (reeve-get result "ticket" "id")) verb
              (reeve-clean (reeve-get result "ticket" "state"))
              (if reason (format " (%s)" (reeve-clean reason)) "")))))

(defun reeve-actions--meant ()
  "The ticket that is meant where none is named.
It is that of the line in the list, of the terminal or the preview, or
the only one in review."
  (or reeve-ticket
      (and (derived-mode-p 'reeve-list-mode) (tabulated-list-get-id))
      (let ((reviews (reeve-board-ids 'review)))
        (and (= (length reviews) 1) (car reviews)))))

(declare-function tabulated-list-get-id "tabulated-list" (&optional pos))

(defun reeve-actions--read-ticket (wanted)
  "Ask for a ticket, of those that are WANTED.
In the list, a terminal or a preview the one there is taken."
  (reeve-connection-start)
  (or (and (not current-prefix-arg)
           (or reeve-ticket
               (and (derived-mode-p 'reeve-list-mode)
                    (or (tabulated-list-get-id) (user-error "There is no ticket in this line")))))
      (let* ((ids (reeve-board-ids wanted))
             (meant (car (member (reeve-actions--meant) ids)))
             (id (completing-read (format-prompt "Ticket" meant) ids nil nil nil nil meant)))
        (if (string-empty-p id) (user-error "No ticket was named") id))))

(defun reeve-actions--read (prompt)
  "Ask with PROMPT for a text that is not empty."
  (let ((text (read-string prompt)))
    (if (string-blank-p text) (user-error "Nothing was said") text)))

(defun reeve-actions--visit (id)
  "The review of ID that is shown: if another is open by then, the daemon refuses."
  (let ((ticket (gethash id reeve-board-tickets)))
    (and (equal (reeve-get ticket "state") "review") (reeve-get ticket "visit")
         (list :visit (reeve-get ticket "visit")))))

;;;###autoload
(defun reeve-approve (id)
  "Approve what is to be reviewed in the ticket ID."
  (interactive (list (reeve-actions--read-ticket 'review)))
  (reeve-actions--carry-out "agent.approve" (append (list :ticket id) (reeve-actions--visit id))
                            (reeve-actions--ticket-words "approved")))

;;;###autoload
(defun reeve-reject (id reason)
  "Reject what is to be reviewed in the ticket ID; its agent is told the REASON."
  (interactive (let ((id (reeve-actions--read-ticket 'review)))
                 (list id (reeve-actions--read (format "What has to change in %s? " (reeve-clean id))))))
  (reeve-actions--carry-out "agent.reject" (append (list :ticket id :reason reason) (reeve-actions--visit id))
                            (reeve-actions--ticket-words "rejected")))

;;;###autoload
(defun reeve-send (id text &optional force)
  "Type TEXT into the terminal of the agent of ID, and press Enter.
With FORCE also when it shows a dialog; without it you are asked then."
  (interactive (let ((id (reeve-actions--read-ticket 'agent)))
                 (list id (reeve-actions--read (format "Send to %s: " (reeve-clean id))))))
  (reeve-actions--carry-out
   "agent.send" (append (list :ticket id :text (substring-no-properties text)) (and force (list :force t)))
   (lambda (result) (format "delivered to %s (%s)" (reeve-clean id) (reeve-clean (reeve-get result "evidence"))))
   (lambda (problem)
     (when (equal (plist-get problem :kind) "blocked")
       ;; Not here: this may be the filter of the connection.
       (run-at-time 0 nil #'reeve-actions--ask-force id text (reeve-clean (plist-get problem :message)))
       t))))

(defun reeve-actions--ask-force (id text why)
  "Ask whether TEXT is to be sent to ID all the same; WHY it was refused."
  (if (y-or-n-p (format "%s.  Send it all the same? " why))
      (reeve-send id text t)
    (reeve-actions--say "not sent")))

;;;###autoload
(defun reeve-send-region (id start end)
  "Send the region from START to END to the agent of ID."
  (interactive (list (let ((reeve-ticket nil)) (reeve-actions--read-ticket 'agent)) (region-beginning) (region-end)))
  (reeve-send id (buffer-substring-no-properties start end)))

(defun reeve-actions--learn-kinds ()
  "Ask for the names of agents."
  (reeve-request "agent.kinds" nil
                 (lambda (_ result)
                   (setq reeve-actions--kinds
                         (mapcar (lambda (kind) (reeve-clean (reeve-get kind "name"))) (reeve-get result "kinds"))))
                 nil (* 3 reeve-query-timeout)))

(defun reeve-actions--complete-kinds (text predicate action)
  "Complete the name of an agent in TEXT, as PREDICATE and ACTION say.
The names are looked up when they are wanted: they may come while you type."
  (complete-with-action action reeve-actions--kinds text predicate))

;;;###autoload
(defun reeve-switch (id kind)
  "Leave the agent of the ticket ID, and start KIND in the same terminal."
  (interactive (let ((id (reeve-actions--read-ticket 'agent)))
                 (reeve-actions--learn-kinds)
                 (list id (completing-read (format "Which agent for %s? " (reeve-clean id)) #'reeve-actions--complete-kinds))))
  (when (string-empty-p kind) (user-error "No agent was named"))
  (reeve-actions--say "leaving the agent of %s…" (reeve-clean id))
  (reeve-actions--carry-out
   "agent.switch" (list :ticket id :to kind)
   (lambda (result)
     (apply #'format "%s: %s → %s by %s"
            (mapcar (lambda (name) (reeve-clean (reeve-get result name))) '("ticket" "from" "to" "rung"))))))

;;;###autoload
(defun reeve-launch (id)
  "Launch the ticket ID now."
  (interactive (list (reeve-actions--read-ticket nil)))
  (reeve-actions--carry-out "queue.launch" (list :ticket id) (reeve-actions--ticket-words "launched")))

;;;###autoload
(defun reeve-pause ()
  "Let nothing be launched from now on; agents in work go on."
  (interactive)
  (reeve-actions--carry-out "queue.pause" nil
                            (lambda (result) (format "the queue is paused; %s go on" (or (reeve-get result "running") 0)))))

;;;###autoload
(defun reeve-resume ()
  "Let the queue launch again."
  (interactive)
  (reeve-actions--carry-out
   "queue.resume" nil
   (lambda (result)
     (let ((hold (reeve-get result "hold")))
       (concat "the queue launches again" (if hold (concat ": " (reeve-clean hold)) ""))))))

;;;###autoload
(defun reeve-add (title)
  "Put a ticket with TITLE into the queue."
  (interactive (list (reeve-actions--read "What is to be done? ")))
  (reeve-actions--carry-out "ticket.create" (list :title title) (reeve-actions--ticket-words "added")))

(provide 'reeve-actions)
;;; reeve-actions.el ends here
