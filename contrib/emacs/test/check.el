;;; check.el --- What the tests are written with  -*- lexical-binding: t -*-

;;; Code:

(require 'ert)
(require 'reeve)

(defvar reeve-check-messages nil "What was shown in the echo area, the newest first.")
(defvar reeve-check-answers nil "Answers to the next questions.")
(defvar reeve-check-questions nil "What was asked, the newest first.")
(defvar reeve-check-seen nil "The seq of each event, the newest first.")
(defvar reeve-check-kinds nil "The kind of each event, the newest first.")

(defun reeve-check--hear (event)
  "Note EVENT."
  (push (reeve-get event "seq") reeve-check-seen)
  (push (reeve-get event "kind") reeve-check-kinds))

(defun reeve-check--ask (question &rest _)
  "Note QUESTION and answer it."
  (push question reeve-check-questions)
  (pop reeve-check-answers))

(defun reeve-check-wait (condition seconds)
  "Wait until CONDITION answers something, at most SECONDS; return that."
  (let ((end (+ (float-time) seconds)) value)
    (while (and (not (setq value (funcall condition))) (< (float-time) end))
      (accept-process-output nil 0.01))
    value))

(defmacro eventually (what &rest condition)
  "Wait until CONDITION, which is WHAT is looked for, is true; return its value."
  (declare (indent 1))
  `(or (reeve-check-wait (lambda () ,@condition) 30)
       (ert-fail (list "never came about" ,what :messages reeve-check-messages))))

(defun told (part)
  "Wait for a message with PART; return it."
  (eventually (concat "a message with " part)
    (seq-find (lambda (text) (string-search part text)) reeve-check-messages)))

(defmacro checking (&rest body)
  "Do BODY with the answers, questions and messages of a test."
  `(let ((reeve-check-messages nil) (reeve-check-answers nil) (reeve-check-questions nil))
     (cl-letf (((symbol-function 'message)
                (lambda (form &rest arguments) (when form (push (apply #'format form arguments) reeve-check-messages)) nil))
               ((symbol-function 'read-string) #'reeve-check--ask)
               ((symbol-function 'completing-read) #'reeve-check--ask)
               ((symbol-function 'y-or-n-p) #'reeve-check--ask))
       ,@body)))

(defun seqs-are (first last)
  "Wait for the events FIRST to LAST, and nothing else."
  (let ((wanted (number-sequence first last)))
    (eventually (format "events %d to %d" first last) (>= (length reeve-check-seen) (length wanted)))
    (should (equal (reverse reeve-check-seen) wanted))))

(defun list-lines ()
  "The lines of the list."
  (with-current-buffer "*reeve tickets*" (split-string (buffer-substring-no-properties (point-min) (point-max)) "\n" t)))

(defun line-of (part)
  "The line of the list that has PART."
  (seq-find (lambda (line) (string-search part line)) (list-lines)))

(defun go-to (id)
  "Put point on ID in the list."
  (reeve-list)
  (eventually (concat id " in the list") (reeve-list--position id))
  (goto-char (reeve-list--position id)))

(defun press (key)
  "Do what KEY does in this buffer."
  (call-interactively (key-binding (kbd key))))

(defvar reeve-check-faults nil "Errors in filters and sentinels.")

(defun reeve-check--fault (data context _caller)
  "Note DATA, an error outside of the tests, in CONTEXT.
Emacs in batch mode would end without a word."
  (push (list context data) reeve-check-faults))

(defun reeve-check-run ()
  "Run all tests in the order in which they stand, and say what came of them."
  (setq command-error-function #'reeve-check--fault)
  (add-hook 'reeve-events-functions #'reeve-check--hear)
  (let ((passed 0) (failed 0)
        (tests (sort (ert-select-tests t t)
                     (lambda (a b) (string< (ert-test-name a) (ert-test-name b))))))
    (dolist (test tests)
      (let ((result (ert-run-test test)) (name (ert-test-documentation test)))
        (if (ert-test-passed-p result)
            (progn (cl-incf passed) (message "ok    %s" name))
          (cl-incf failed)
          (message "FAIL  %s\n      %S" name
                         (if (ert-test-result-with-condition-p result)
                             (ert-test-result-with-condition-condition result)
                           result)))))
    (when reeve-check-faults
      (cl-incf failed)
      (message "FAIL  nothing fails outside of the tests\n      %S" reeve-check-faults))
    (message "%d passed, %d failed" passed failed)
    (kill-emacs (if (zerop failed) 0 1))))

(defvar reeve-check--number 0)

(defmacro test (name &rest body)
  "Define a test with NAME, a sentence, that does BODY."
  (declare (indent 1))
  (cl-incf reeve-check--number)
  `(ert-deftest ,(intern (format "reeve-%03d" reeve-check--number)) () ,name (checking ,@body)))

(provide 'check)
;;; check.el ends here
