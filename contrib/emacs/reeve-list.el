;;; reeve-list.el --- The list of tickets and agents of Reeve  -*- lexical-binding: t -*-

;;; Commentary:

;; A buffer with a line for each ticket: what needs you first.  It follows
;; events.

;;; Code:

(require 'tabulated-list)
(require 'reeve-actions)
(require 'reeve-mode-line)
(require 'reeve-terminal)

(defconst reeve-list--name "*reeve tickets*" "The buffer of the list.")

(defvar reeve-list--timer nil "Many events in a moment are drawn once.")

(defvar reeve-list-mode-map
  (let ((map (make-sparse-keymap)))
    (pcase-dolist (`(,key . ,command)
                   '(("a" . reeve-approve) ("x" . reeve-reject) ("p" . reeve-preview)
                     ("s" . reeve-send) ("S" . reeve-switch) ("l" . reeve-launch) ("P" . reeve-pause) ("R" . reeve-resume)
                     ("c" . reeve-add) ("g" . reeve-list-refresh) ("q" . quit-window) ("?" . reeve-list-help)))
      (define-key map key command))
    (define-key map (kbd "RET") #'reeve-attach)
    map)
  "The keys of the list.")

(define-derived-mode reeve-list-mode tabulated-list-mode "Reeve"
  "Tickets and agents of a Reeve daemon, what needs you first.

\\{reeve-list-mode-map}"
  (setq tabulated-list-format [("ID" 16 nil) ("PRI" 3 nil) ("STATE" 13 nil) ("AGENT" 10 nil) ("DOES" 11 nil) ("TITLE" 0 nil)]
        tabulated-list-padding 1
        mode-line-process '(:eval (reeve-list--mode-line)))
  (tabulated-list-init-header))

(defun reeve-list--mode-line ()
  "What is behind the name of the mode: counts, or why there is no connection."
  (string-replace "%" "%%"
                  (concat " " (if (and reeve-connection-problem (not (reeve-connection-up-p)))
                                  (concat "not connected: " (reeve-error-words reeve-connection-problem))
                                ;; Not twice in one line.
                                (if reeve-mode-line-mode "" (reeve-mode-line-words))))))

(defun reeve-list--face (rank)
  "The face of tickets with RANK."
  (cond ((memq rank '(1 2)) 'error) ((memq rank '(0 3)) 'warning) ((>= rank 6) 'shadow) (t 'default)))

(defun reeve-list--title (ticket agent)
  "The title of TICKET, with what is told of it, and the reason of it or of AGENT."
  (let ((status (reeve-get ticket "metadata" "status" "text")) (percent (reeve-get ticket "metadata" "progress" "percent"))
        (reason (or (reeve-get agent "reason") (reeve-get ticket "reason"))))
    (concat (reeve-clean (reeve-get ticket "title"))
            (if status (concat "  " (reeve-clean status)) "")
            (if (integerp percent) (format " %d%%" percent) "")
            (if reason (format "  (%s)" (reeve-clean reason)) ""))))

(defun reeve-list--entry (row)
  "The line of ROW, a rank and a ticket."
  (let* ((ticket (cdr row)) (id (reeve-get ticket "id")) (agent (gethash id reeve-board-agents))
         (state (reeve-clean (reeve-get ticket "state"))) (review (reeve-get ticket "review"))
         (texts (list (reeve-clean id) (reeve-clean (reeve-get ticket "priority"))
                      (if (and review (equal state "review")) (concat "review " (reeve-clean review)) state)
                      (reeve-clean (or (reeve-get agent "kind") (reeve-get ticket "agent")))
                      (reeve-clean (or (reeve-get agent "state") "-"))
                      (reeve-list--title ticket agent))))
    (list id (vconcat (mapcar (lambda (text) (propertize text 'face (reeve-list--face (car row)))) texts)))))

(defun reeve-list--widen (entries)
  "Make the first column as wide as the ids in ENTRIES need, within reason."
  (let ((width (apply #'max 8 (mapcar (lambda (entry) (min 24 (string-width (aref (cadr entry) 0)))) entries))))
    (unless (= width (cadr (aref tabulated-list-format 0)))
      (setq tabulated-list-format (copy-tree tabulated-list-format t))
      (setf (cadr (aref tabulated-list-format 0)) width)
      (tabulated-list-init-header))))

(defun reeve-list-draw ()
  "Draw what is known; every window stays on its ticket."
  (when-let ((buffer (get-buffer reeve-list--name)))
    (with-current-buffer buffer
      (let* ((windows (get-buffer-window-list buffer nil t))
             (places (mapcar (lambda (window) (cons window (tabulated-list-get-id (window-point window)))) windows))
             (entries (mapcar #'reeve-list--entry (reeve-board-rows))))
        (force-mode-line-update)
        ;; Most events change nothing that is shown.
        (unless (equal entries tabulated-list-entries)
          (reeve-list--widen entries)
          (setq tabulated-list-entries entries)
          (tabulated-list-print t)
          (pcase-dolist (`(,window . ,id) places)
            (set-window-point window (or (and id (reeve-list--position id)) (point-min)))))))))

(defun reeve-list--position (id)
  "Where the line of ID begins, or nil."
  (save-excursion
    (goto-char (point-min))
    (while (not (or (eobp) (equal (tabulated-list-get-id) id))) (forward-line 1))
    (unless (eobp) (point))))

(defvar reeve-list--cost 0 "Seconds that the last drawing took.")

(defun reeve-list--draw-soon ()
  "Draw in a moment; a long list less often, not to take most of the time."
  (when (and (not reeve-list--timer) (get-buffer reeve-list--name))
    (setq reeve-list--timer
          (run-at-time (max 0.03 (* 5 reeve-list--cost)) nil
                       (lambda ()
                         (setq reeve-list--timer nil)
                         (let ((began (float-time)))
                           (reeve-list-draw)
                           (setq reeve-list--cost (- (float-time) began))))))))

(add-hook 'reeve-board-change-functions #'reeve-list--draw-soon)

;;;###autoload
(defun reeve-list ()
  "Show the tickets and agents, what needs you first."
  (interactive)
  (let ((buffer (get-buffer-create reeve-list--name)))
    (with-current-buffer buffer
      (unless (derived-mode-p 'reeve-list-mode) (reeve-list-mode)))
    (pop-to-buffer buffer)
    (reeve-list-draw)
    (reeve-board-ready (lambda (problem)
                         (when problem (reeve-complain problem))
                         (reeve-list--draw-soon)))))

(defun reeve-list-refresh ()
  "Read everything anew."
  (interactive)
  (reeve-board-ready
   (lambda (problem)
     (if problem
         (reeve-complain problem)
       (reeve-board-refresh (lambda (fault) (when fault (reeve-complain fault))))))))

(defun reeve-list-help ()
  "Say what the keys do."
  (interactive)
  (message "%s" (substitute-command-keys
                 "a approve  x reject  RET attach  p preview  s send  S switch  l launch
P pause  R resume  c add a ticket  g read anew  q close  \\[describe-mode] all keys")))

(provide 'reeve-list)
;;; reeve-list.el ends here
