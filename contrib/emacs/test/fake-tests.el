;;; fake-tests.el --- Against the fake daemon  -*- lexical-binding: t -*-

;;; Code:

(require 'check)

(defconst fake-socket (getenv "FAKE_SOCKET"))

(defun ask (method &rest params)
  "Call METHOD with PARAMS and wait for the answer: its result."
  (let (answer)
    (reeve-connection-request method params (lambda (problem result) (setq answer (list problem result))))
    (eventually (concat "an answer to " method) answer)
    (when (string-prefix-p "fake" method) (should-not (car answer)))
    (cadr answer)))

(defun up ()
  "Wait for a connection with a subscription."
  (reeve-connection-start)
  (reeve-connection-hurry)
  (eventually "a connection" (and (reeve-connection-up-p) reeve-board-status (not reeve-events-asking))))

(defun calls (method)
  "The params of every call of METHOD."
  (mapcar (lambda (call) (reeve-get call "params"))
          (seq-filter (lambda (call) (equal (reeve-get call "method") method)) (reeve-get (ask "fake.calls") "calls"))))

(defun ticket (id state &rest more)
  "A ticket with ID in STATE, and MORE."
  (append more (list :id id :title (concat "Title of " id) :state state :priority "P2" :agent "claude" :type "TASK"
                     :createdAt "2026-01-01T00:00:00.000Z" :attempts 1)))

(defun settle ()
  "Read everything anew, and wait for it."
  (let (finished)
    (reeve-board-refresh (lambda (problem) (setq finished (list problem))))
    (should (equal (eventually "a refresh" finished) '(nil)))))

(defun known (id)
  "The ticket ID as it is known."
  (gethash id reeve-board-tickets))

(test "without a daemon the error says so"
  (setq reeve-socket (concat fake-socket ".none"))
  (reeve)
  (let ((note (told "no daemon answers at")))
    (should (string-search "unreachable: " note))
    (should (string-search "is reeved running?" note)))
  (should (equal (reeve-mode-line-words) "reeve ○ not connected"))
  (setq reeve-check-messages nil reeve-socket (concat "/" (make-string 200 ?x)))
  (reeve)
  (told "unreachable: "))

(test "it connects when the daemon is there"
  (setq reeve-socket fake-socket)
  (up)
  (should (equal (reeve-mode-line-words) "reeve ● 0 running"))
  (should (= (reeve-get (ask "fake.emit" :count 3) "cursor") 3))
  (seqs-are 1 3))

(test "odd lines: split ones, several at once, invalid ones, long ones"
  (let* ((before reeve-connection-invalid) (lagged reeve-events-lagged) got
         (listener (lambda (method params) (when (equal method "none") (setq got (length (reeve-get params "text")))))))
    (add-hook 'reeve-connection-notification-functions listener)
    (ask "fake.raw" :chunks
         (vector "{\"jsonrpc\":\"2.0\",\"meth"
                 "od\":\"event.lagged\",\"params\":{\"resumeFrom\":3}}\n\n \r\n{\"not JSON\n[1,2]\n7\n\"x\"\nnull\nÿþ\n"
                 (vector "{\"jsonrpc\":\"2.0\",\"method\":\"none\",\"params\":{\"text\":\"" (- (* 1024 1024) 60) "\"}}\n")
                 "{\"jsonrpc\":\"2.0\",\"id\":99999,\"result\":{}}\n{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":7}\n"
                 "{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":{\"seq\":\"4\"}}\n"
                 ;; A character of two bytes, cut in the middle.
                 "{\"jsonrpc\":\"2.0\",\"method\":\"none\",\"params\":{\"text\":\"\u00C3" "\u00A4\"}}\n"))
    (remove-hook 'reeve-connection-notification-functions listener)
    (should (= got 1))
    (should (= reeve-events-lagged (1+ lagged)))
    (should (= (- reeve-connection-invalid before) 6))
    (should (reeve-connection-up-p))))

(test "a connection that is lost comes back at its cursor"
  (ask "fake.drop" :seconds 0.3)
  (eventually "the loss" (not (reeve-connection-up-p)))
  (let (refused)
    (reeve-connection-request "system.ping" nil (lambda (problem _) (setq refused problem)))
    (should (equal (plist-get (eventually "a refusal" refused) :kind) "unreachable")))
  (eventually "the connection" (and (reeve-connection-up-p) (not reeve-events-asking)))
  (ask "fake.emit" :count 2)
  (seqs-are 1 5)
  (should (equal (reeve-get (car (last (calls "events.subscribe"))) "since") 3)))

(defun other-client-emits (count)
  "Another client has the daemon emit COUNT events as soon as it is there."
  (eventually "another client"
    (ignore-errors
      (let ((process (make-network-process :name "other" :family 'local :service fake-socket :noquery t)))
        (process-send-string process (format "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"fake.emit\",\"params\":{\"count\":%d}}\n" count))
        (accept-process-output process 1)
        (delete-process process)
        t))))

(test "what happened while it was away comes once"
  (ask "fake.drop" :seconds 0.2)
  (eventually "the loss" (not (reeve-connection-up-p)))
  (cancel-timer reeve-connection--timer)
  (other-client-emits 4)
  (reeve-connection-hurry)
  (seqs-are 1 9))

(test "the pauses double up to ten seconds, and begin anew once it works"
  (let (pauses (reeve-connection--timer nil) (reeve-connection--process nil) (reeve-connection--pause reeve-connection-first-pause)
               (reeve-connection-state 'up) (reeve-connection-down-functions nil) (reeve-connection-problem nil))
    (dotimes (_ 8)
      (push reeve-connection--pause pauses)
      (reeve-connection-lost (reeve-problem "unreachable" "x"))
      (cancel-timer reeve-connection--timer))
    (should (equal (nreverse pauses) '(0.2 0.4 0.8 1.6 3.2 6.4 10 10)))
    (reeve-connection-settled)
    (should (= reeve-connection--pause 0.2))))

(test "a cursor that has expired: all is read anew, and goes on from the oldest"
  (up)
  (ask "fake.set" :tickets (vector (ticket "OLD" "queued")))
  (ask "fake.expire" :oldest 9)
  (setq reeve-events-cursor 2 reeve-check-seen nil)
  (reeve-connection-lost (reeve-problem "unreachable" "test"))
  (seqs-are 9 9)
  (eventually "the new picture" (known "OLD"))
  (should (= reeve-events-cursor 9)))

(test "told in the middle that the cursor has expired, it goes on"
  (setq reeve-check-seen nil)
  (ask "fake.raw" :chunks
       ["{\"jsonrpc\":\"2.0\",\"method\":\"event.error\",\"params\":{\"code\":-32007,\"message\":\"x\",\"data\":{\"kind\":\"cursor_expired\",\"oldest\":9}}}\n"])
  (seqs-are 9 9)
  (ask "fake.emit")
  (seqs-are 9 10))

(test "a gap is asked for again"
  (setq reeve-check-seen nil)
  (ask "fake.skip")
  (ask "fake.emit")
  (ask "fake.emit" :count 2)
  (seqs-are 11 13))

(test "a cursor of another daemon is given up"
  (ask "fake.reset")
  (setq reeve-check-seen nil)
  (reeve-connection-lost (reeve-problem "unreachable" "test"))
  (eventually "a new cursor" (and (equal reeve-events-cursor 0) (not reeve-events-asking)))
  (ask "fake.emit" :count 2)
  (seqs-are 1 2))

(test "the list shows tickets and agents, and follows events"
  (ask "fake.set"
       :tickets (vector (ticket "ONE" "review" :review "plan" :visit 3) (ticket "TWO" "queued")
                        (ticket "EVIL" "running" :title "\e]0;pwned\a 100% \u202Elive" :reason "x\ny") (ticket "OVER" "done"))
       :agents (vector (list :ticket "EVIL" :kind "codex" :state "waiting")))
  (reeve-list)
  (settle)
  ;; The agents come with an answer of their own.
  (eventually "the rows" (and (line-of "OVER") (line-of "codex")))
  (should (equal (buffer-name) "*reeve tickets*"))
  (should buffer-read-only)
  (let ((lines (list-lines)))
    (should (string-match-p "\\` EVIL +P2 +running +codex +waiting +\\]0;pwned 100% live +(xy)\\'" (nth 0 lines)))
    (should (string-match-p "\\` ONE +P2 +review plan +claude +- +Title of ONE\\'" (nth 1 lines)))
    (should (string-match-p "\\` TWO" (nth 2 lines)))
    (should (string-match-p "\\` OVER" (nth 3 lines))))
  (should (equal (reeve-mode-line-words) "reeve ● 2 need you"))
  (go-to "TWO")
  (ask "fake.emit" :kind "ticket.created" :ticket "NEW" :data (list :ticket (ticket "NEW" "running")))
  (eventually "the new one" (line-of "NEW"))
  (should (equal (tabulated-list-get-id (window-point (get-buffer-window "*reeve tickets*"))) "TWO"))
  (ask "fake.emit" :kind "ticket.removed" :ticket "NEW")
  (eventually "it goes" (not (line-of "NEW")))
  (ask "fake.emit" :kind "metadata.notify" :ticket "EVIL" :data (list :body "100% \e[2J" :urgency "normal"))
  (told "EVIL: 100% [2J")
  ;; A mode line reads % as its own.
  (should (string-search "100%% [2J" (reeve-mode-line))))

(test "the mode line has a segment while the mode is on"
  (reeve-mode-line-mode 1)
  (should (member '(:eval (reeve-mode-line)) global-mode-string))
  (reeve-mode-line-mode 1)
  (should (= (seq-count (lambda (each) (equal each '(:eval (reeve-mode-line)))) global-mode-string) 1))
  (reeve-mode-line-mode -1)
  (should-not (member '(:eval (reeve-mode-line)) global-mode-string)))

(test "keys: approve names the review that is shown"
  (go-to "ONE")
  (press "a")
  (told "ONE approved: done")
  (let ((call (car (calls "agent.approve"))))
    (should (equal (reeve-get call "ticket") "ONE"))
    (should (equal (reeve-get call "visit") 3))
    (should (> (length (reeve-get call "idempotencyKey")) 10))))

(test "keys: reject asks for a reason; without one nothing is sent"
  (ask "fake.emit" :kind "ticket.updated" :ticket "ONE" :data (list :ticket (ticket "ONE" "review" :visit 4)))
  (eventually "a review" (line-of "review"))
  (go-to "ONE")
  (setq reeve-check-answers '(""))
  (should-error (press "x") :type 'user-error)
  (should (equal reeve-check-questions '("What has to change in ONE? ")))
  (should-not (calls "agent.reject"))
  (setq reeve-check-answers '("the tests are missing"))
  (press "x")
  (told "ONE rejected: running")
  (should (equal (reeve-get (car (calls "agent.reject")) "reason") "the tests are missing"))
  (should (equal (reeve-get (car (calls "agent.reject")) "visit") 4)))

(test "keys: send, switch, launch, pause, resume, add, preview"
  (go-to "EVIL")
  (setq reeve-check-answers '("hello Käfer"))
  (press "s")
  (told "delivered to EVIL (read)")
  (should (equal (reeve-get (car (last (calls "agent.send"))) "text") "hello Käfer"))
  (setq reeve-check-answers '("codex"))
  (press "S")
  (told "EVIL: claude → codex by exit")
  (eventually "kinds" (equal (all-completions "c" #'reeve-actions--complete-kinds) '("claude" "codex")))
  (press "P")
  (told "the queue is paused")
  (eventually "paused" (string-search "paused" (reeve-mode-line-words)))
  (press "R")
  (told "the queue launches again")
  (eventually "not paused" (not (string-search "paused" (reeve-mode-line-words))))
  (setq reeve-check-answers '("Something new"))
  (press "c")
  (told "added: queued")
  (eventually "it is in the list" (line-of "Something new"))
  (go-to "TWO")
  (press "l")
  (told "TWO launched")
  (go-to "EVIL")
  (press "p")
  (let ((buffer (eventually "the preview" (get-buffer "*reeve preview EVIL*"))))
    (with-current-buffer buffer
      (should (equal (buffer-string) "first line\n[31mredother way"))
      (should (equal reeve-ticket "EVIL")))
    (kill-buffer buffer))
  (press "?")
  (told "a approve"))

(test "a key on a line without a ticket does nothing"
  (reeve-list)
  (goto-char (point-max))
  (should-error (press "a") :type 'user-error))

(defun block-next ()
  "The next input is refused."
  (ask "fake.error" :method "agent.send"
       :error (list :code -32008 :message "the agent shows a dialog" :data (list :kind "blocked" :hint "force overrides"))))

(test "blocked: asks whether to force, and forces only then"
  (block-next)
  (setq reeve-check-answers '(nil))
  (reeve-send "EVIL" "first try")
  (told "not sent")
  (should (string-search "the agent shows a dialog" (car reeve-check-questions)))
  (block-next)
  (setq reeve-check-answers '(t))
  (reeve-send "EVIL" "second try")
  (told "delivered to EVIL")
  (pcase-let ((`(,forced ,refused . ,_) (reverse (calls "agent.send"))))
    (should (equal (reeve-get forced "text") "second try"))
    (should (eq (reeve-get forced "force") t))
    (should (equal (reeve-get refused "text") "second try"))
    (should-not (reeve-get refused "force"))))

(test "an error says its kind and its hint; a method that is not there says so"
  (reeve-approve "NOBODY")
  (told "not_found: no ticket 'NOBODY'; reeve list --all shows the tickets")
  (ask "fake.error" :method "agent.switch" :error (list :code -32601 :message "no method" :data (list :kind "unknown_method")))
  (reeve-switch "EVIL" "codex")
  (told "unknown_method: this daemon does not know agent.switch; it is older than this package"))

(test "commands find the ticket that is meant, and complete live ids"
  (ask "fake.emit" :kind "ticket.updated" :ticket "ONE" :data (list :ticket (ticket "ONE" "review" :visit 5)))
  (eventually "a review" (equal (reeve-board-ids 'review) '("ONE")))
  (with-temp-buffer
    (should (equal (reeve-actions--meant) "ONE"))
    (let (offered)
      (cl-letf (((symbol-function 'completing-read)
                 (lambda (_ ids _predicate _match _initial _history meant) (setq offered ids) (or meant ""))))
        (call-interactively #'reeve-approve)
        (should (equal offered '("ONE")))
        (told "ONE approved")
        ;; Of several none is meant, and an empty answer is none.
        (should-error (call-interactively #'reeve-launch) :type 'user-error))
      (should (member "EVIL" offered))
      (should-not (member "OVER" offered)))))

(test "a region is sent as it is"
  (with-temp-buffer
    (insert "one Käfer two\nsecond \"line\"\n")
    (reeve-send-region "EVIL" 5 21)
    (told "delivered to EVIL")
    (should (equal (reeve-get (car (last (calls "agent.send"))) "text") "Käfer two\nsecond"))))

(test "no answer in time is told, and nothing waits for it"
  (ask "fake.silent" :method "agent.send")
  (let ((reeve-action-timeout 0.15))
    (reeve-send "EVIL" "x")
    ;; Its time-out is told from a timer, which runs only where Emacs waits.
    (should-not reeve-check-messages))
  (told "timeout: no answer to agent.send in 0.15 s; it may have been done all the same")
  (eventually "nothing is pending" (zerop (hash-table-count reeve-connection--pending))))

(test "a connection that breaks before the answer: it is done once"
  (ask "fake.cut" :method "ticket.create")
  (reeve-add "Made once")
  (told "added: queued")
  (let ((made (calls "ticket.create")))
    (should (= (length made) 3))
    (should (equal (reeve-get (nth 1 made) "idempotencyKey") (reeve-get (nth 2 made) "idempotencyKey"))))
  (settle)
  (should (= 1 (seq-count (lambda (each) (equal (reeve-get each "title") "Made once")) (hash-table-values reeve-board-tickets)))))

(test "more than the protocol takes is refused here"
  (let (kinds)
    (dolist (text (list (make-string (* 1024 1024) ?x) (concat "a" (unibyte-string 255))))
      (reeve-connection-request "agent.send" (list :ticket "EVIL" :text text) (lambda (problem _) (push (plist-get problem :kind) kinds))))
    (eventually "refusals" (= (length kinds) 2))
    (should (equal (nreverse kinds) '("too_large" "invalid_params")))))

(test "a daemon that answers nothing is not sent more than the kernel holds"
  (let ((problem nil) (text (make-string 70000 ?x)))
    (ask "fake.silent" :method "agent.send" :times 2)
    (dotimes (_ 2) (reeve-connection-request "agent.send" (list :ticket "EVIL" :text text) #'ignore nil 10))
    (reeve-connection-request "agent.send" (list :ticket "EVIL" :text text) (lambda (fault _) (setq problem (or fault 'none))))
    (should (equal (plist-get (eventually "an answer" problem) :kind) "busy"))
    (eventually "the others are over" (zerop (hash-table-count reeve-connection--pending)))))

(test "many tickets are read page by page"
  (ask "fake.set" :tickets (vconcat (mapcar (lambda (number) (ticket (format "T%d" number) "queued")) (number-sequence 1 950))))
  (settle)
  (should (= (hash-table-count reeve-board-tickets) 950))
  (reeve-list)
  (eventually "all in the list" (= (length (list-lines)) 950)))

(test "a thousand events are drawn in few steps and all arrive"
  (setq reeve-check-seen nil)
  (let ((first (1+ reeve-events-cursor)) (draws 0) (draw (symbol-function 'reeve-list-draw)))
    (cl-letf (((symbol-function 'reeve-list-draw) (lambda () (cl-incf draws) (funcall draw))))
      (ask "fake.emit" :count 1000)
      (seqs-are first (+ first 999)))
    (should (< draws 100))))

(test "closing closes"
  (reeve-stop)
  (should-not (reeve-connection-up-p))
  (should (equal (reeve-mode-line) "")))

(provide 'fake-tests)
;;; fake-tests.el ends here
