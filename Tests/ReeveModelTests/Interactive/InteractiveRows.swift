/// Command lines and whether they need a terminal.
enum InteractiveRows {
    static let asking: [String] = [
        // Editors.
        "vim", "vim file.txt", "vi +10 a.c", "nvim .", "nano notes", "emacs -nw x", "emacs file", "hx src", "helix", "micro a",
        "joe a",
        "/usr/bin/vim.basic x", "visudo", "sudoedit /etc/hosts", "sudo -e /etc/hosts", "sudo -u root vim /etc/fstab", "ed file",
        "echo hi | vim -", "vim - < file", "git diff | nvim -", "EDITOR=vim nano x", "vim -c 'set nu' file", "kak x",
        "vimdiff a b",
        // Pagers.
        "less /var/log/syslog", "more a", "most a", "cat a | less", "dmesg | grep usb | less -R", "man ls", "sudo less x",
        "journalctl -u ssh", "less < file", "git log", "git diff", "git show HEAD", "git log --oneline -5", "git -C /x log",
        "git branch",
        "git reflog", "git blame a.c", "git stash list", "git commit --help", "systemctl status ssh",
        // Monitors.
        "top", "top -d 1", "htop", "btop", "atop", "iotop", "watch ls", "watch -n 1 'df -h'", "sudo htop",
        "watch date < /dev/null",
        // Prompts.
        "python", "python3", "python3.12", "python3 -i script.py", "ipython", "node", "node -i x.js", "irb", "psql",
        "psql -h db mydb",
        "mysql -u root", "mysql -u root -p", "sqlite3 a.db", "redis-cli", "redis-cli -h db -p 1", "mongosh", "lua", "ghci",
        "swift repl",
        "swift", "R", "julia", "bc", "bc -l", "gdb ./a.out", "lldb a.out", "python -m pdb x.py", "pdb x.py", "php -a",
        "python | tee log",
        "PYTHONPATH=. python3", "env -i A=b python3", "env -u X -- python3", "iex", "jshell", "python -",
        // Shells.
        "bash", "zsh", "fish", "sh", "bash -l", "bash -i", "bash -c vim", "sh -c 'cd x && vim a'", "bash -lc 'htop'", "sudo -i",
        "sudo -s",
        "sudo bash", "su", "su - root", "exec bash", "bash -ic 'ls'", "sh -c \"bash -c 'vim x'\"", "env -S 'vim x'", "su -c vim",
        // Other computers.
        "ssh host", "ssh -p 22 user@host", "ssh -t host htop", "ssh host -t top", "telnet h", "mosh h", "ftp h", "sftp host",
        "ssh -i key host", "ssh-keygen", "passwd", "sudo passwd root",
        // Screens and choosers.
        "tmux", "tmux attach", "tmux attach -t x", "tmux new -s x", "tmux -L s a", "screen", "screen -r x", "zellij attach x",
        "zellij",
        "mc", "ranger", "nnn", "lf", "fzf", "ls | fzf", "ls | fzf | xargs rm", "dialog --yesno hi 5 20",
        "whiptail --msgbox a 5 9", "tig",
        "lazygit", "k9s", "ncdu /",
        // Commands that ask.
        "git rebase -i HEAD~3", "git rebase --interactive main", "git add -p", "git add --patch a", "git add -i", "git commit",
        "git commit -a", "git commit --amend", "git checkout -p", "git stash -p", "git tag -a v1", "git config -e",
        "git clean -i",
        "git -c core.x=y commit", "git merge --edit x", "docker run -it ubuntu", "docker run -ti --rm ubuntu bash",
        "docker exec -it c sh", "docker run --rm -i -t x", "docker run --interactive --tty x", "podman run -it x",
        "docker compose exec web sh",
        "docker attach c", "kubectl exec -it pod -- bash", "kubectl edit deploy x", "kubectl -n a exec -i -t p -- sh",
        "crontab -e",
        "crontab -u x -e", "npm init", "npm login", "yarn init", "gh auth login", "systemctl edit x",
        // Agents.
        "claude", "claude 'fix it'", "claude --continue", "codex", "codex 'fix it'", "codex -m o3", "gemini", "gemini -i hello",
        "opencode",
        "amp", "aider a.py", "npx claude",
        // Wrappers and compounds.
        "nice -n 5 vim", "time vim a", "command vim", "exec vim", "timeout 5 top", "timeout -s KILL 5 top", "setsid -w top",
        "stdbuf -oL htop", "ionice -c 3 vim x", "make; vim a", "make && less log", "make || bash", "(cd x; vim a)", "{ vim a; }",
        "if true; then vim a; fi", "for f in *; do vim $f; done", "! vim a", "make &\nvim a", "ls # x\nvim", "A=1 B=2 vim",
        "\\vim a",
        "'vim' a", "v\"i\"m a", "vim 2>/dev/null", "vim 2>&1", "time -p vim", "find . | xargs -o vim",
        "cat <<EOF\nvim\nEOF\nvim a",
        "while true; do top; done", "case x in a) vim y;; esac", "vim </dev/tty", "ls | (less)", "echo \"$(date)\" && nano",
        "vim a > /dev/tty", "busybox vi a",
    ]

    static let quiet: [String] = [
        // Editors.
        "vim -es -c wq a", "vim -Es a", "nvim --headless +q", "vim --version", "nano --help", "emacs --batch -l x.el",
        "emacs -batch",
        "emacs --script x.el", "vim a | cat", "vim a > out", "echo :q | vim a", "vim a < keys", "nohup vim a", "vim a &",
        "visudo -c",
        "emacsclient --eval '(x)'", "find . | xargs vim", "vim --help", "visudo -cf x",
        // Pagers.
        "less --version", "less a | cat", "less a > b", "less", "man -k x", "git log | cat", "git log > x", "git --no-pager log",
        "git -P diff",
        "GIT_PAGER=cat git log", "PAGER=cat git diff", "git status", "git push", "git log | grep x", "journalctl --no-pager -n 5",
        "git branch new", "git tag v1", "git diff | tee x", "journalctl | tail", "systemctl status x --no-pager",
        "systemctl restart x",
        // Monitors.
        "top -b -n 1", "top -bn1", "top | head", "iotop -b", "htop --version", "watch ls > x", "top -b | grep x",
        // Prompts.
        "python -c 'print(1)'", "python file.py", "python3 -m http.server", "python3 -V", "echo 1 | python3", "python3 < a.py",
        "node a.js",
        "node -e 1", "node -p 1+1", "node --version", "irb a.rb", "ruby a.rb", "ruby -e 'p 1'", "psql -c 'select 1'",
        "psql -f a.sql",
        "psql < a.sql", "psql -lt", "mysql -e 'select 1'", "mysql < dump.sql", "sqlite3 a.db 'select 1'",
        "echo .dump | sqlite3 a.db",
        "redis-cli ping", "redis-cli -h db get x", "mongosh --eval 1", "lua a.lua", "lua -e 'print(1)'", "ghci -e 1",
        "swift build",
        "swift test", "R CMD check", "R -f a.R", "julia a.jl", "julia -e 1", "echo 1+1 | bc", "bc <<< 1+1",
        "gdb --batch -ex bt a",
        "lldb -b -o bt a", "python <<EOF\nprint(1)\nEOF", "php a.php", "python3 script.py -i", "python -u script.py",
        // Shells.
        "bash script.sh", "bash -c make", "bash -c 'make'", "sh -c 'make && ls'", "bash -lc 'npm test'", "sh < script",
        "curl x | bash",
        "bash --version", "bash -n x", "su -c ls", "bash -c 'vim a' | cat", "bash -c \"python -c '1'\"", "cat x | sh -s -- a",
        "sh -c 'less a' > x",
        // Other computers.
        "ssh host ls", "ssh host 'make test'", "ssh -N -L 1:2:3 host", "ssh -fN host", "ssh -T host", "ssh -V",
        "ssh host vim --help",
        "sftp -b x host", "ssh host < script", "scp a b:", "rsync a b", "ssh -O exit host", "ssh-keygen -N '' -f k",
        "passwd --status",
        // Multiplexers.
        "tmux new -d -s x", "tmux new-session -ds x", "tmux ls", "tmux kill-server", "screen -ls", "screen -dmS x make",
        "tmux -V",
        "zellij list-sessions", "fzf --filter x", "tmux send-keys -t x vim", "lynx -dump http://x",
        // Commands that have what they would ask for.
        "git commit -m x", "git commit -am x", "git commit -F f", "git commit --amend --no-edit", "git commit --message=x",
        "git add .",
        "git rebase main", "git rebase --abort", "GIT_EDITOR=true git rebase -i x", "git commit --fixup HEAD",
        "git tag -am x v1",
        "GIT_EDITOR=: git commit", "git merge --abort", "git stash", "docker run x", "docker run -d x", "docker build .",
        "docker exec c ls",
        "docker run -i x", "docker run -itd x", "docker compose up -d", "docker compose exec -T web ls", "kubectl get pods",
        "docker ps",
        "kubectl exec pod -- ls -it", "crontab -l", "npm init -y", "npm install", "npm init --yes", "yarn build",
        "docker run x bash -it",
        "kubectl apply -f x", "gh pr list", "docker login --password-stdin", "gh auth login --with-token", "git", "git --version",
        // Agents.
        "claude -p hi", "claude --print hi", "claude --version", "codex exec hi", "codex -m o3 exec hi", "gemini -p hi",
        "opencode run hi",
        "amp -x hi", "claude mcp list", "echo hi | claude -p", "aider --message x", "codex --help",
        // Everything else.
        "", "   ", "# vim", "ls", "make", "echo vim", "echo 'a; vim'", "case x in a) ls;; vim) ls;; esac", "echo \"a && vim\"",
        "grep vim x", "A=1", "ls -la | sort", "cargo build",
        "which vim", "command -v vim", "sudo -l", "sudo ls", "sudo -u x ls", "nice make", "timeout 5 make", "env", "xargs rm",
        "nohup make &",
        "cat <<EOF\nvim\nEOF", "cat <<-E\n\tvim\n\tE", "echo $(vim)", "apt show vim", "type vim", "a=$(python)", "(vim a) > x",
        "{ vim a; } | cat", "cat x | (python)", "for x in vim top; do echo $x; done", "for f in a; do python; done < x",
        "vim a &> log",
        "echo a\\;vim", "if true; then ls; fi", "echo `vim`", "find . -name vim", "vim a 1>x", "htop --help", "time",
        "exec > log",
    ]

    /// What cannot be read.
    static let unreadable: [String] = [
        "vim 'a", "vim \"a", "echo $(vim", "echo `vim", "(vim", "vim <", "cat > | x", "echo ${a", "vim \u{0}",
        "bash -c 'vim \"a'",
        "echo $'a", "a <(b", String(repeating: "a;", count: 1500), String(repeating: "{ ", count: 300),
        String(repeating: "nice ", count: 20) + "vim",
    ]
}
