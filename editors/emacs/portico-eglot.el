;;; portico-eglot.el --- Portico's questions and sign-in in Emacs, by eglot  -*- lexical-binding: t; -*-

;; Package-Requires: ((emacs "28.1") (eglot "1.9"))
;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; `M-x portico' connects this Emacs to Portico: a buffer of its own, for which eglot starts
;; `portico lsp'.  From then on Portico asks in the minibuffer, where the answer to an empty line is
;; the no.  See README.md beside this file.

;;; Code:

(require 'eglot)

(defgroup portico nil "One door to every MCP server of a company." :group 'tools)

(defcustom portico-program "portico"
  "The program; an absolute path where Emacs does not have the shell's PATH."
  :type 'string :risky t)

(defvar portico--progress nil "Token and title of each call under way, the latest first.")

(defvar portico--asking nil "Whether a question of Portico's is open.")

(defvar portico--connection nil "The connection to Portico, or nil.")

(defclass portico-server (eglot-lsp-server) () "A connection to Portico.")

(cl-defmethod eglot-client-capabilities ((_server portico-server))
  "What eglot can do, and that it opens pages and shows what is under way."
  (let ((can (cl-call-next-method)))
    (plist-put can :window
               (append '(:showDocument (:support t) :workDoneProgress t)
                       (plist-get can :window)))))

(cl-defmethod eglot-handle-request
  ((_server portico-server) (_method (eql window/showDocument)) &key uri external &allow-other-keys)
  "Open the page URI, which must be EXTERNAL, in a browser."
  (if (and (eq external t) (ignore-errors (browse-url uri) t))
      '(:success t)
    '(:success :json-false)))

(cl-defmethod eglot-handle-request
  ((_server portico-server) (_method (eql window/showMessageRequest))
   &key message actions &allow-other-keys)
  "Ask in the minibuffer, with the whole MESSAGE in a window; the first of ACTIONS says no.
Quitting is an answer, too: eglot's own question would leave the call waiting."
  (let* ((titles (mapcar (lambda (action) (plist-get action :title)) actions))
         (no (car titles))
         (prompt (format "%s (empty: %s) " (car (split-string message "\n")) no))
         (portico--asking t)
         (chosen (save-window-excursion
                   (portico--show message "*portico question*")
                   (condition-case nil
                       (completing-read prompt titles nil t nil nil no)
                     (quit nil)))))
    (if (member chosen titles) (list :title chosen) :null)))

(cl-defmethod eglot-handle-request
  ((_server portico-server) (_method (eql window/workDoneProgress/create)) &key _token)
  "Any call may show that it is under way."
  nil)

(cl-defmethod eglot-handle-notification
  ((_server portico-server) (_method (eql $/progress)) &key token value)
  "Keep what is under way, by TOKEN, and show the VALUE of it."
  (pcase (plist-get value :kind)
    ("begin" (push (cons token (plist-get value :title)) portico--progress)
     (message "Portico: %s" (plist-get value :title)))
    ("report" (when-let ((said (plist-get value :message)))
                (message "Portico: %s: %s" (alist-get token portico--progress "" nil #'equal) said)))
    ("end" (setf (alist-get token portico--progress nil t #'equal) nil)))
  (force-mode-line-update t))

(cl-defmethod eglot-handle-notification
  ((_server portico-server) (_method (eql $/cancelRequest)) &rest _any)
  "Take away the question that is open: nobody waits for its answer any more.
Emacs has one minibuffer question of Portico's at a time, which is the one that is meant."
  (when portico--asking
    (run-at-time 0 nil #'abort-recursive-edit)))

(define-derived-mode portico-mode special-mode "Portico"
  "The buffer that holds a connection to Portico."
  (setq mode-line-process '(:eval (portico-mode-line))))

(defun portico-mode-line ()
  "What is under way, in a few words."
  (if portico--progress (format " [%s]" (cdar portico--progress)) ""))

(defun portico--server ()
  "The connection, or an error that says how to get one."
  (if (and portico--connection (jsonrpc-running-p portico--connection))
      portico--connection
    (user-error "Portico is not connected; M-x portico connects it")))

(defun portico--ask (method params then)
  "Request METHOD with PARAMS; THEN gets its result, and an error is shown with what helps."
  (jsonrpc-async-request
   (portico--server) method (or params (make-hash-table))
   :timeout nil
   :success-fn then
   :error-fn (lambda (wrong)
               (message "Portico: %s %s" (plist-get wrong :message)
                        (or (plist-get (plist-get wrong :data) :remedy) "")))))

(defun portico--show (text &optional name)
  "Show TEXT in the buffer NAME, which is Portico's own without one."
  (with-current-buffer (get-buffer-create (or name "*portico*"))
    (let ((inhibit-read-only t))
      (erase-buffer)
      (insert text))
    (goto-char (point-min))
    (display-buffer (current-buffer))))

(defun portico--connect (folder)
  "Have eglot start `portico lsp' for FOLDER.
What eglot calls by itself wants a buffer that visits a file."
  (let* ((fifth (nth 4 (help-function-arglist #'eglot t)))
         ;; Since eglot 1.12 a server may have several languages.
         (language (if (eq fifth 'language-id) "portico" '("portico"))))
    (eglot '(portico-mode) (cons 'transient folder) 'portico-server
           (list portico-program "lsp") language)))

;;;###autoload
(defun portico ()
  "Connect to Portico for the project that is open here, and say how things stand."
  (interactive)
  (let ((folder (if-let ((project (project-current))) (project-root project) default-directory)))
    (if (and portico--connection (jsonrpc-running-p portico--connection))
        (portico-status)
      (with-current-buffer (get-buffer-create "*portico*")
        (setq default-directory folder)
        (portico-mode)
        (portico--connect folder)))))

(defun portico--connected (server)
  "Keep SERVER, if it is Portico, and say how things stand."
  (when (object-of-class-p server 'portico-server)
    (setq portico--connection server)
    (portico-status)))

(add-hook 'eglot-connect-hook #'portico--connected)

(defun portico-status ()
  "Say how things stand: who is signed in, what is there, what is missing."
  (interactive)
  (portico--ask :portico/status nil
                (lambda (status)
                  (portico--show (concat (plist-get status :summary) "\n")))))

(defun portico-sign-in ()
  "Sign in, in the browser."
  (interactive)
  (message "Portico: sign in, in your browser.")
  (portico--ask :portico/signIn nil
                (lambda (found)
                  (message "Portico: signed in as %s." (plist-get (plist-get found :user) :name))
                  (portico-status))))

(defun portico-sign-out ()
  "Sign out."
  (interactive)
  (portico--ask :portico/signOut nil (lambda (_) (message "Portico: signed out."))))

(defun portico-page ()
  "Open Portico's page: what waits, and pairing."
  (interactive)
  (portico--ask :portico/page nil (lambda (page) (browse-url (plist-get page :url)))))

(defun portico-review ()
  "Show what waits for a yes."
  (interactive)
  (portico--ask :portico/review nil
                (lambda (review) (portico--show (plist-get review :text)))))

(defun portico-why (server tool)
  "Say what a call of TOOL on SERVER would meet, and why."
  (interactive "sServer: \nsTool: ")
  (portico--ask :portico/why (list :server server :tool tool)
                (lambda (found)
                  (portico--show (format "%s: %s\n\n%s\n%s\n" (plist-get found :title)
                                         (plist-get found :verdict) (plist-get found :reason)
                                         (plist-get found :remedy))))))

(defun portico-cancel ()
  "Cancel the call that began last."
  (interactive)
  (if portico--progress
      (jsonrpc-notify (portico--server) :window/workDoneProgress/cancel
                      (list :token (caar portico--progress)))
    (message "Portico: no call is under way.")))

(defun portico-disconnect ()
  "End this connection."
  (interactive)
  (eglot-shutdown (portico--server)))

(provide 'portico-eglot)
;;; portico-eglot.el ends here
