;;; pure-tests.el --- What needs no daemon  -*- lexical-binding: t -*-

;;; Code:

(require 'check)

(test "hostile text does nothing but be seen"
  (should (equal (reeve-clean "plain words") "plain words"))
  (should (equal (reeve-clean "\e]0;title\a\e[31mred\r\n\0") "]0;title[31mred"))
  (should (equal (reeve-clean "a\tb") "a b"))
  (should (equal (reeve-clean "one\ntwo" t) "one\ntwo"))
  (should (equal (reeve-clean "abc\u202Edcb\u2066x") "abcdcbx"))
  (should (equal (reeve-clean "zero\u200Bwidth\uFEFF") "zerowidth"))
  (should (equal (reeve-clean "c1\u009Bx") "c1x"))
  (should (equal (reeve-clean "tag\U000E0041") "tag"))
  (should (equal (reeve-clean "Käfer 虫 🐞") "Käfer 虫 🐞"))
  (should (equal (reeve-clean (decode-coding-string "broken\377\303" 'utf-8)) "broken"))
  (should (equal (reeve-clean (unibyte-string 97 255)) "a"))
  (should (equal (reeve-clean nil) ""))
  (should (equal (reeve-clean 7) ""))
  (should-not (text-properties-at 0 (reeve-clean (propertize "x" 'display "y")))))

(test "text is cut by columns"
  (should (equal (reeve-fit "short" 10) "short"))
  (should (equal (reeve-fit "a long word" 6) "a lon…"))
  (should (equal (reeve-fit "虫虫虫虫" 5) "虫虫…")))

(defun lines-of (chunks)
  "The lines that CHUNKS are cut into."
  (let (found (reeve-connection--process 'it) (reeve-connection--parts nil) (reeve-connection--size 0) (reeve-connection--skipping nil))
    (cl-letf (((symbol-function 'reeve-connection--take) (lambda (line) (push line found))))
      (dolist (chunk chunks) (reeve-connection--filter 'it chunk)))
    (nreverse found)))

(test "lines come whole, however they are cut"
  (should (equal (lines-of '("a\nb\nc")) '("a" "b")))
  (should (equal (lines-of '("a" "b" "" "c\n" "\n \t\r\n" "d\n")) '("abc" "d")))
  (let ((long (make-string (1- (* 1024 1024)) ?x)))
    (should (equal (lines-of (append (cl-loop for start from 0 below (length long) by 4096
                                              collect (substring long start (min (length long) (+ start 4096))))
                                     '("\n")))
                   (list long)))))

(test "a line without end is not kept"
  (let ((reeve-connection-longest-line 10) (reeve-connection-invalid 0))
    (should (equal (lines-of '("0123456789a" "more" "and more\nnext\n")) '("next")))
    (should (= reeve-connection-invalid 1))))

(test "one line that fails does not keep the next from being read"
  (let (found (reeve-connection--process 'it) (reeve-connection--parts nil) (debug-on-error nil))
    (cl-letf (((symbol-function 'reeve-connection--take) (lambda (line) (push line found) (error "Broken"))))
      (reeve-connection--filter 'it "a\nb\n"))
    (should (equal found '("b" "a")))))

(test "an escaped NUL is left out, and what only looks like one stays"
  (should (equal (reeve-get (reeve-connection--parse "{\"a\":\"x\\u0000\\u0000y\"}") "a") "xy"))
  (should (equal (reeve-get (reeve-connection--parse "{\"a\":\"x\\\\u0000\"}") "a") "x\\u0000"))
  (should (equal (reeve-get (reeve-connection--parse "{\"a\":\"\\\\\\u0000z\"}") "a") "\\z")))

(test "what is no object is nothing"
  (dolist (line '("[1]" "7" "null" "{" "{} x" "{\"a\":\377}" "\"x\""))
    (should-not (reeve-connection--parse line))))

(defun put-ticket (id state &optional agent priority created)
  "Know of a ticket ID in STATE whose AGENT is in a state, with PRIORITY, CREATED then."
  (let ((ticket (make-hash-table :test #'equal)))
    (cl-loop for (name value) on (list "id" id "state" state "priority" (or priority "P2") "createdAt" (or created "2026")) by #'cddr
             do (puthash name value ticket))
    (puthash id ticket reeve-board-tickets)
    (when agent
      (let ((known (make-hash-table :test #'equal)))
        (puthash "state" agent known)
        (puthash id known reeve-board-agents)))))

(test "what needs you comes first"
  (let ((reeve-board-tickets (make-hash-table :test #'equal)) (reeve-board-agents (make-hash-table :test #'equal)))
    (pcase-dolist (`(,id . ,rest) '(("DONE-1" "done" nil "P2" "2025") ("DONE-2" "done" nil "P3" "2026") ("QUEUED" "queued")
                                    ("RUNS" "running" "running") ("TURN-OVER" "running" "done" "P3") ("ERROR" "running" "error")
                                    ("LOST" "lost") ("WAITS" "running" "waiting") ("REVIEW" "review" "done" "P0")
                                    ("URGENT" "queued" nil "P0") ("GONE" "cancelled" "lost")))
      (apply #'put-ticket id rest))
    (should (equal (mapcar (lambda (row) (reeve-get (cdr row) "id")) (reeve-board-rows))
                   '("REVIEW" "WAITS" "ERROR" "LOST" "RUNS" "TURN-OVER" "URGENT" "QUEUED" "DONE-2" "DONE-1" "GONE")))
    (should (equal (reeve-board-counts) '(3 2)))
    (should (equal (reeve-board-ids 'review) '("REVIEW")))))

(test "the socket is found in the order of the command line"
  (let ((reeve-socket nil) (process-environment (list "REEVE_SOCKET=/a" "REEVE_RUNTIME_DIR=/b" "XDG_RUNTIME_DIR=/c")))
    (should (equal (reeve-socket-path) "/a"))
    (setenv "REEVE_SOCKET" "")
    (should (equal (reeve-socket-path) "/b/control.sock"))
    (setenv "REEVE_RUNTIME_DIR" nil)
    (should (equal (reeve-socket-path) "/c/reeve/control.sock"))
    (setenv "XDG_RUNTIME_DIR" nil)
    (should-not (reeve-socket-path))))

(provide 'pure-tests)
;;; pure-tests.el ends here
