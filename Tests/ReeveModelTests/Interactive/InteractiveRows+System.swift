extension InteractiveRows {
    static let system: [InteractiveRow] = [
        // Keys and passwords.
        .asks("ssh-keygen -t ed25519", "password"), .asks("ssh-keygen", "password"), .quiet("ssh-keygen -R host", "-R"),
        .quiet("ssh-keygen -lf key.pub", "-l"), .asks("ssh-keygen -l", "password"), .quiet("ssh-keygen -y -f key", "-y"),
        .quiet("ssh-keygen -t ed25519 -N '' -f key -C me", "passphrase"), .asks("ssh-keygen -t rsa -f key", "password"),
        .asks("ssh-keygen -t rsa -N ''", "password"), .quiet("ssh-keygen -F host", "-F"),
        .asks("ssh-keygen -p -f key", "password"),
        .quiet("ssh-keygen -p -P a -N b -f key", "-p"), .asks("ssh-add", "password"), .quiet("ssh-add -l", "-l"),
        .asks("ssh-copy-id host", "password"), .asks("passwd", "password"), .asks("sudo adduser me", "questions"),
        .quiet("adduser --system daemon", "--system"),
        .quiet(
            "passwd -l guest",
            """
            -l
            """),
        .asks("sudo -i", "shell"),
        .asks("su -", "password"), .asks("sudo su -", "password"), .asks("sudo -v", "password"), .quiet("sudo -nv", "no command"),
        .asks("gpg --full-generate-key", "questions"), .quiet("gpg --batch --gen-key a", "--batch"),
        .quiet("gpg --verify a.sig", "asks nobody"),
        .asks("openssl req -new -key k", "questions"), .quiet("openssl req -x509 -newkey rsa -nodes -subj /CN=a", "-subj"),
        .quiet("openssl x509 -in a", "asks nobody"), .asks("openssl genrsa -aes256 2048", "password"),
        .quiet("openssl genrsa 2048", "asks nobody"), .asks("openssl s_client -connect h:443", "prompt"),
        .asks("htpasswd -c f me", "password"),
        .quiet("htpasswd -nb me secret", "-b"), .asks("sudo cryptsetup luksOpen /dev/sda2 a", "password"),

        // Services and the journal.
        .quiet("journalctl -f", "no pager"), .quiet("journalctl -fu ssh", "no pager"),
        .quiet("journalctl --vacuum-time=2d", "--vacuum-time"),
        .quiet("journalctl -xe --no-pager", "--no-pager"), .asks("journalctl -b -1", "pager"), .asks("journalctl -ufoo", "pager"),
        .asks("journalctl -p err", "pager"), .quiet("SYSTEMD_PAGER= journalctl", "SYSTEMD_PAGER"),
        .quiet("journalctl -n 20 | cat", "pipe"),
        .asks("systemctl edit web", "editor"), .asks("systemctl", "pager"), .asks("systemctl --user list-timers", "pager"),
        .quiet("systemctl --no-pager status web", "SYSTEMD_PAGER"), .quiet("systemctl is-active web", "asks nobody"),
        .quiet("systemctl daemon-reload", "asks nobody"), .asks("systemctl --no-pager edit web", "editor"),
        .asks("crontab -e", "editor"), .quiet("crontab -l", "asks nobody"), .asks("visudo", "editor"),
        .quiet("visudo -cf a", "-c"),
        .asks("dmesg -H", "pager"), .quiet("dmesg -w", "asks nobody"), .asks("dmesg -wH", "pager"),

        // Monitors.
        .quiet("top -l 1", "-l"), .quiet("top -b -n 1", "-b"), .quiet("top -l 2 -n 5 -stats pid", "-l"),
        .asks("top -o cpu", "redraws"),
        .asks("top -pid 4", "redraws"), .quiet("powertop --auto-tune", "--auto-tune"), .asks("powertop", "redraws"),
        .asks("watch -n1 kubectl get pods", "redraws"), .asks("mtr host", "redraws"), .quiet("mtr -rwc 5 host", "-r"),
        .quiet("ping -c 3 host", "not known"), .asks("glances", "redraws"), .asks("watch nvidia-smi", "redraws"),
        .asks("perf top", "redraws"), .asks("perf report", "screen"), .quiet("perf report --stdio", "--stdio"),
        .quiet(
            "perf record -g ls",
            """
            asks nobody
            """),
        .quiet("nvidia-smi -l", "not known"),

        // Screens and choosers.
        .quiet("gum style x", "asks nobody"), .asks("gum choose a b", "terminal"), .asks("gum confirm", "terminal"),
        .quiet("gum spin -- sleep 1", "asks nobody"), .quiet("aptitude search x", "one command"), .asks("aptitude", "screen"),
        .asks("aptitude install x", "asks before"), .quiet("whiptail --infobox a 5 9", "--infobox"),
        .asks("fzf --preview 'cat {}'", "terminal"),
        .asks("ls | entr make", "terminal"), .quiet("ls | entr -n make", "-n"), .asks("tmux new -A -s main", "windows"),
        .quiet("tmux new -d -s work make", "-d"), .quiet("tmux capture-pane -p", "server"),
        .asks("tmux new -d -s a \\; attach", "windows"), .quiet("tmux new -d \\; split-window vim", "-d"),
        .asks(
            "screen -S a",
            """
            windows
            """),
        .quiet("screen -d -m make", "-d -m"), .quiet("lf -remote 'send x'", "-remote"),

        // Packages.
        .asks("sudo apt install vim", "asks before"), .quiet("sudo apt-get install -y vim", "-y"),
        .quiet("apt-get -yqq upgrade", "-y"),
        .quiet("apt update", "asks nobody"), .quiet("apt list --installed", "asks nobody"),
        .asks("apt autoremove", "asks before"),
        .quiet("sudo DEBIAN_FRONTEND=noninteractive apt-get -y install tzdata", "-y"), .asks("dnf install gcc", "asks before"),
        .quiet("dnf -y install gcc", "-y"), .asks("pacman -Syu", "asks before"), .quiet("pacman -Ss vim", "tells"),
        .quiet("pacman -Qi vim", "-Q"), .quiet("pacman -Syu --noconfirm", "--noconfirm"), .quiet("brew install vim", "not known"),
        .asks("pip uninstall x", "asks before"), .quiet("pip install x", "asks nobody"),
        .asks("conda create -n a", "asks before"),
        .asks("dpkg-reconfigure tzdata", "screen"), .quiet("dpkg-reconfigure -f noninteractive tzdata", "-f"),
        .quiet("cargo install ripgrep", "not known"),

        // What runs another command.
        .asks("chroot /mnt", "shell"), .quiet("chroot /mnt ls", "not known"), .asks("sudo chroot /mnt /bin/bash", "shell"),
        .asks("find . -name '*.c' -exec vim {} \\;", "editor"), .asks("find . -exec vim {} +", "editor"),
        .quiet("find . -exec grep vim {} +", "nothing"), .asks("find . -ok rm {} \\;", "before each"),
        .quiet("find . -name vim", "nothing"),
        .asks("find . -exec sh -c 'less \"$1\"' _ {} \\;", "keys"), .asks("fd -e c -X vim", "editor"),
        .quiet("fd vim", "nothing"),
        .asks("eval vim x", "editor"), .asks("eval 'cd x; htop'", "redraws"), .quiet("eval \"$(ssh-agent)\"", "not known"),
        .asks("xargs -p rm < list", "before each"), .asks("nsenter -t 1 -m", "shell"), .asks("unshare -r", "shell"),
        .quiet("unshare -r id", "not known"), .asks("systemd-run --pty bash", "shell"), .quiet("systemd-run sleep 1", "--pty"),
        .asks("nix-shell", "shell"), .quiet("nix-shell -p jq --run 'jq . a'", "not known"),
        .asks("nix-shell --run 'vim a'", "editor"), .asks("nix-shell -p gcc gnumake", "shell"),
        .asks("nix-shell -p nodejs yarn --run 'vim x'", "editor"),
        .quiet("nix-shell -p gnumake gcc --command make", "asks nobody"),
        .quiet("nix-shell --argstr file --run a.nix --run make", "asks nobody"),
        .asks("nix-shell --arg x true shell.nix", "shell"),
        .asks("nix-shell -A hello", "shell"), .quiet("nix-shell --version", "tells"),
        .asks("arch-chroot /mnt", "shell"), .quiet("arch-chroot /mnt ls", "ls is not known"),
        .asks("arch-chroot -u ann /mnt vim a", "editor"), .asks("sudo arch-chroot /mnt passwd", "password"),
        .asks("bwrap --ro-bind / / bash", "shell"), .quiet("bwrap --ro-bind / / make", "asks nobody"),
        .quiet("bwrap --ro-bind / /", "no command"),
        .asks("bwrap --bind-try a /a --symlink usr/lib /lib --setenv A less --proc /proc --unshare-all vim a", "editor"),
        .asks("bwrap --overlay up work / --dev /dev --chmod 700 /a -- htop", "redraws"),
        .asks("proot -R root", "shell"), .quiet("proot -S root -b /a -w /b ls", "ls is not known"),
        .asks("fakeroot", "shell"), .quiet("fakeroot -s state -- make", "asks nobody"),
        .asks("firejail --noprofile vim a", "editor"),
        .quiet("flock lock make", "asks nobody"), .asks("flock lock -c 'vim a'", "editor"),
        .asks("sshpass -p x ssh host", "another computer"),
        .asks("script typescript", "shell"), .quiet("script -qc make /dev/null", "asks nobody"),
        .asks("script -c 'vim a' log", "editor"), .asks("strace -f -o log vim a", "editor"), .asks("doas vi a", "editor"),

        // Other computers.
        .asks("ssh host -p 22", "another computer"), .asks("ssh -o A=b -J jump host", "another computer"),
        .asks("ssh -tt host top", "terminal"),
        .quiet("ssh -p22 host uptime -t", "one command"), .quiet("ssh host -f sleep 9", "forwards"),
        .asks("ssh -A host", "another computer"),
        .asks("virsh", "prompt"), .quiet("virsh list", "one command"), .asks("sudo fdisk /dev/sda", "prompt"),
        .quiet("fdisk -l", "-l"),

        // The shell's own words.
        .asks("read -p 'name? ' name", "questions"), .quiet("while read line; do echo $line; done < list", "file"),
        .quiet("ls | while read a; do rm $a; done", "pipe"), .quiet("while read a; do x; done < <(ls)", "file"),
        .quiet("mapfile -t a < <(git log)", "not known"), .asks("rm -i a", "asks before"), .quiet("rm -rf a", "asks nobody"),
        .quiet("cp -r a b", "asks nobody"), .asks("bash -c 'read x'", "questions"),
        .asks("select x in a b; do echo $x; done", "questions"),
        .quiet(
            "select x in a b; do echo $x; done < answers",
            """
            file
            """),
        .quiet("bash -euo pipefail -c make", "asks nobody"),
        .asks("bash -euo pipefail -c 'vim a'", "editor"), .quiet("fish -c ls", "not known"), .asks("nu -c 'vim a'", "editor"),
        .quiet("pwsh -Command Get-Item", "-Command"), .asks("pwsh", "shell"),
    ]
}
