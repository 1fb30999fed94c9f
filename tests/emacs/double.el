;;; double.el --- The person at an Emacs without a screen  -*- lexical-binding: t; -*-

;; What is shown goes out as lines of JSON, and what comes in is Lisp that stands for what they do.

(require 'json)

(defvar person-answer nil "What the person chose; `none' for quitting.")
(defvar person--read "")
(defvar person--socket
  (make-network-process :name "person" :family 'local :service (getenv "PORTICO_TEST_SOCKET")
                        :coding 'utf-8 :filter #'person--hear
                        :sentinel (lambda (&rest _) (kill-emacs))))

(defun person--tell (message)
  (process-send-string person--socket (concat (json-serialize message :null-object nil) "\n")))

(defun person--do (said)
  (let ((id (gethash "id" said)))
    (condition-case wrong
        (let ((value (eval (car (read-from-string (gethash "code" said))) t)))
          (person--tell (list :id id :ok t :value (if (stringp value) value (format "%S" value)))))
      (error (person--tell (list :id id :ok :false :value (format "%S" wrong)))))))

(defun person--hear (_socket text)
  (setq person--read (concat person--read text))
  (while (string-match "\n" person--read)
    (let ((line (substring person--read 0 (match-beginning 0))))
      (setq person--read (substring person--read (match-end 0)))
      ;; Not here: what is done may wait, and a filter must not.
      (run-at-time 0 nil #'person--do (json-parse-string line)))))

(defun completing-read (prompt titles &rest _)
  "Show PROMPT with TITLES, and wait for what the person chooses."
  (setq person-answer nil)
  (person--tell (list :event "select"
                      :value (list :prompt prompt :labels (vconcat titles)
                                   :text (with-current-buffer "*portico question*" (buffer-string)))))
  (while (null person-answer)
    (accept-process-output nil 0.05))
  (if (eq person-answer 'none) (signal 'quit nil) person-answer))

(defun abort-recursive-edit ()
  "Close what the person is asked."
  (person--tell '(:event "closed" :value ""))
  (setq person-answer 'none))

(setq browse-url-browser-function
      (lambda (url &rest _) (person--tell (list :event "open" :value url))))

(advice-add 'message :before
            (lambda (form &rest rest)
              (when form
                (person--tell (list :event "notify" :value (apply #'format-message form rest))))))
