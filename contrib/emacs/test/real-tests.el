;;; real-tests.el --- Against the real daemon, with tmux and demo agents  -*- lexical-binding: t -*-

;;; Code:

(require 'check)

(defconst real-place (getenv "REAL_PLACE"))
(defvar real-id nil "The ticket that is made first.")

(defun run (&rest arguments)
  "Do with the daemon what ARGUMENTS say; return what was printed."
  (with-temp-buffer
    (should (equal (apply #'call-process (getenv "REAL_DAEMON") nil '(t nil) nil arguments) 0))
    (buffer-string)))

(defun state-is (id state)
  "Wait until the ticket ID is in STATE."
  (eventually (format "%s %s" id state) (equal (reeve-get (gethash id reeve-board-tickets) "state") state)))

(defun agent-of (id)
  "The agent of ID."
  (gethash id reeve-board-agents))

(defun listed (id part)
  "Wait until the line of ID in the list has PART."
  (eventually (format "%s in the list with %s" id part)
    (let ((line (line-of (concat " " id " ")))) (and line (string-search part line)))))

(defun added ()
  "Wait until a ticket was added: its id."
  (let ((note (told "added: ")))
    (string-match "reeve: \\(\\S-+\\) added" note)
    (match-string 1 note)))

(test "real: connects, and shows an empty list"
  (reeve-connection-stop)
  (setq reeve-events-cursor nil reeve-board-status nil reeve-mode-line--newest nil reeve-check-seen nil reeve-check-kinds nil
        reeve-socket (concat real-place "/r/control.sock") reeve-program (concat (getenv "REEVE_BIN") "/reeve"))
  (clrhash reeve-board-tickets)
  (clrhash reeve-board-agents)
  (reeve-list)
  (eventually "a picture" (and (reeve-connection-up-p) reeve-board-status))
  (eventually "an empty list" (null (list-lines)))
  (should (string-prefix-p "reeve ● 0 running" (reeve-mode-line-words))))

(test "real: a ticket that is added runs, and is in the list"
  (reeve-add "Say hello")
  (setq real-id (added))
  (state-is real-id "running")
  (listed real-id "talker")
  (eventually "its id is offered" (equal (reeve-board-ids 'agent) (list real-id)))
  ;; Before that its terminal is still being made.
  (eventually "its agent" (not (equal (reeve-get (agent-of real-id) "state") "launching"))))

(defun shows (buffer part)
  "Wait until the terminal in BUFFER shows PART."
  (eventually (concat "the terminal shows " part)
    (with-current-buffer buffer (string-search part (buffer-substring-no-properties (point-min) (point-max))))))

(defun has-answered (buffer prompt)
  "Wait until the agent in BUFFER is through with PROMPT: while it thinks it does not listen."
  (eventually (concat "the end of the turn of " prompt)
    (with-current-buffer buffer
      (string-match-p (concat (regexp-quote prompt) " *\nthinking… *\ndone\\.[ \n]*>")
                      (buffer-substring-no-properties (point-min) (point-max))))))

(test "real: attached in a terminal buffer, the agent is seen and hears"
  (reeve-attach real-id)
  (let ((buffer (get-buffer (format "*reeve %s*" real-id))))
    (should (eq (current-buffer) buffer))
    (should (derived-mode-p 'term-mode))
    (has-answered buffer "prompt: Say hello")
    (reeve-send real-id "words from the editor")
    (told (concat "delivered to " real-id))
    (has-answered buffer "prompt: words from the editor")
    (with-current-buffer buffer (term-send-raw-string "typed hére\r"))
    (shows buffer "prompt: typed hére")
    ;; Once more shows what is there.
    (reeve-attach real-id)
    (should (eq (current-buffer) buffer))
    (reeve-preview real-id)
    (shows (eventually "the preview" (get-buffer (format "*reeve preview %s*" real-id))) "prompt: typed hére")
    (kill-buffer (format "*reeve preview %s*" real-id))
    (kill-buffer buffer)))

(test "real: a review is rejected with a reason, and approved"
  (run "reeve" "add" "Log in" "--type" "FEAT" "--id" "F")
  (state-is "F" "review")
  (listed "F" "review plan")
  ;; The other agent has ended its turn and waits at its prompt.
  (eventually "both need you" (string-search "2 need you" (reeve-mode-line-words)))
  (told "F: plan waits for your review")
  (reeve-reject "F" "the tests are missing")
  (told "F rejected: ")
  (eventually "the second review"
    (let ((ticket (gethash "F" reeve-board-tickets)))
      (and (equal (reeve-get ticket "state") "review") (equal (reeve-get ticket "visit") 2))))
  (should (string-search "the tests are missing" (run "reeve" "steps" "F")))
  (with-temp-buffer
    (should (equal (reeve-actions--meant) "F"))
    (reeve-approve "F"))
  (told "F approved: ")
  (state-is "F" "done")
  (listed "F" "done")
  (eventually "one needs you" (string-search "1 needs you" (reeve-mode-line-words))))

(test "real: approving what is not in review says the state"
  (reeve-approve "F")
  (told "conflict: nothing to review: 'F' is done"))

(test "real: an agent is switched"
  (reeve-switch real-id "other")
  (told (concat real-id ": talker → other by "))
  (eventually "the other agent" (equal (reeve-get (agent-of real-id) "kind") "other"))
  (listed real-id "other"))

(test "real: input is refused while a dialog is shown, unless it is forced"
  (run "reeve" "add" "May I" "--agent" "asker" "--id" "ASKS")
  (eventually "it runs" (equal (reeve-get (agent-of "ASKS") "state") "running"))
  ;; It runs before it reads.
  (eventually "its prompt" (string-match-p ">[ \n]*\\'" (run "reeve" "preview" "ASKS")))
  (run "reeve" "send" "ASKS" "Remove them")
  (unless (reeve-check-wait (lambda () (equal (reeve-get (agent-of "ASKS") "state") "waiting")) 30)
    (ert-fail (list "it never asks" (run "reeve" "agents") (run "reeve" "explain" "ASKS"))))
  (told "ASKS: asker waits for you")
  (setq reeve-check-answers '(nil))
  (reeve-send "ASKS" "yes please")
  (told "not sent")
  (should (string-search "Send it all the same" (car reeve-check-questions)))
  (setq reeve-check-answers '(t))
  (reeve-send "ASKS" "yes please")
  (told "delivered to ASKS"))

(test "real: the queue is paused and goes on"
  (reeve-pause)
  (told "the queue is paused")
  (eventually "it is shown" (string-search "paused" (reeve-mode-line-words)))
  (reeve-add "Waits")
  (let ((id (added)))
    (state-is id "queued")
    (reeve-resume)
    (told "the queue launches again")
    (state-is id "running")))

(test "real: a daemon that is stopped keeps nobody waiting"
  (let ((pid (with-temp-buffer (insert-file-contents (concat real-place "/pid")) (string-to-number (buffer-string))))
        said)
    (signal-process pid 'SIGSTOP)
    (unwind-protect
        (progn
          (reeve-send real-id "are you there")
          (reeve-list)
          (reeve-list-refresh)
          ;; Whoever waited for an answer would be here only after its time-out, which is told. That agents of the tests before this one
          ;; wait at their prompts may be told all the same: such events may have been on the way.
          (setq said (reeve-check-wait
                      (lambda () (seq-find (lambda (text) (not (string-search "waits for you" text))) reeve-check-messages)) 0.3)))
      (signal-process pid 'SIGCONT))
    (should-not said)
    (told (concat "delivered to " real-id))))

(test "real: the daemon is killed and comes back: every event exactly once"
  (let ((before reeve-events-cursor))
    (run "kill")
    (eventually "the loss" (not (reeve-connection-up-p)))
    (should (string-search "not connected: unreachable" (reeve-list--mode-line)))
    (run "start")
    (eventually "the connection" (and (reeve-connection-up-p) (not reeve-events-asking)))
    (setq reeve-check-messages nil)
    (reeve-add "After the kill")
    (added)
    (let ((last (gethash "cursor" (json-parse-string (run "reeve" "status" "--json")))))
      (should (> last before))
      (eventually "all events" (>= reeve-events-cursor last))))
  (let ((seqs (reverse reeve-check-seen)) log)
    (should (equal seqs (number-sequence (car seqs) (car (last seqs)))))
    (dolist (line (split-string (run "reeve" "events" "--since" (number-to-string (1- (car seqs))) "--json") "\n" t))
      (let ((event (json-parse-string line)))
        (when (<= (gethash "seq" event) (car (last seqs))) (push (gethash "kind" event) log))))
    (should (equal log reeve-check-kinds))))

(test "real: the agents have outlived it, and are attached as before"
  (reeve-attach real-id)
  (let ((buffer (current-buffer)))
    (shows buffer "prompt: ")
    (kill-buffer buffer))
  (reeve-stop))

(provide 'real-tests)
;;; real-tests.el ends here
