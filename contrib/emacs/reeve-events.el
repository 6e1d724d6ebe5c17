;;; reeve-events.el --- Every event of a Reeve daemon, once  -*- lexical-binding: t -*-

;;; Commentary:

;; The subscription: every event once and in order, across lost connections
;; and restarts of the daemon.

;;; Code:

(require 'reeve-connection)

(defvar reeve-events-functions nil "Called with each event, parsed.")
(defvar reeve-events-refresh-functions nil "Called when everything has to be read anew.")

(defvar reeve-events-cursor nil "The seq of the last event that was seen.")
(defvar reeve-events-lagged 0 "How often the daemon said that we read slowly.")
(defvar reeve-events-asking nil "Non-nil while a subscription has no answer.")
(defvar reeve-events--gap nil "The cursor at which a gap was asked for again.")

(defun reeve-events-subscribe ()
  "Subscribe from the last event that was seen; the first time from now on."
  (let ((since reeve-events-cursor))
    (setq reeve-events-asking t)
    (reeve-connection-request
     "events.subscribe" (and since (list :since since))
     (lambda (problem result)
       (setq reeve-events-asking nil)
       (if problem
           (reeve-events--failed problem)
         (let ((cursor (reeve-get result "cursor")))
           ;; An event may have come before this answer.
           (when (and (not since) (integerp cursor) (or (not reeve-events-cursor) (< reeve-events-cursor cursor)))
             (setq reeve-events-cursor cursor)))
         (reeve-connection-settled)
         (run-hooks 'reeve-events-refresh-functions))))))

(defun reeve-events--failed (problem)
  "Do what a subscription that failed or ended with PROBLEM leads to."
  (let ((kind (plist-get problem :kind)) (oldest (plist-get problem :oldest)))
    (cond
     ;; What is between is lost to us; the state is read whole once the subscription stands.
     ((and (equal kind "cursor_expired") (integerp oldest))
      (setq reeve-events-cursor (1- oldest))
      (reeve-events-subscribe))
     ;; Our cursor is beyond its newest event: this is another daemon, or its database is a new one.
     ((and (equal kind "invalid_params") reeve-events-cursor)
      (setq reeve-events-cursor nil)
      (reeve-events-subscribe))
     ((and (not (equal kind "unreachable")) (reeve-connection-up-p)) (reeve-connection-lost problem)))))

(defun reeve-events--notified (method params)
  "Hear the notification METHOD with PARAMS."
  (pcase method
    ("event" (reeve-events--take params))
    ;; The daemon reads on from its log: nothing is missed.
    ("event.lagged" (setq reeve-events-lagged (1+ reeve-events-lagged)))
    ("event.error" (reeve-events--failed (reeve-connection-read-error params)))))

(defun reeve-events--take (event)
  "Hand on EVENT if it is the next one."
  (let* ((seq (reeve-get event "seq"))
         (gap (and (integerp seq) reeve-events-cursor (> seq (1+ reeve-events-cursor)))))
    (cond
     ((not (integerp seq)))
     ((and reeve-events-cursor (<= seq reeve-events-cursor)))
     ;; What is still on its way of the subscription that had the gap comes again.
     ((and gap reeve-events-asking))
     ;; Events have no gaps.  Asked for once more from where we are; if the gap is really there, all is read anew.
     ((and gap (not (equal reeve-events--gap reeve-events-cursor)))
      (setq reeve-events--gap reeve-events-cursor)
      (reeve-events-subscribe))
     (t
      (setq reeve-events-cursor seq)
      (run-hook-with-args 'reeve-events-functions event)
      (when gap (run-hooks 'reeve-events-refresh-functions))))))

(add-hook 'reeve-connection-up-functions #'reeve-events-subscribe)
(add-hook 'reeve-connection-notification-functions #'reeve-events--notified)

(provide 'reeve-events)
;;; reeve-events.el ends here
