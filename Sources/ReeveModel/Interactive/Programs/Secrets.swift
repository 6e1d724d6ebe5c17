extension InteractivePrograms {
    /// What asks for passwords and passphrases, after shadow 4.17, OpenSSH 10.0, GnuPG 2.4, OpenSSL 3.5, Kerberos 1.21, httpd
    /// 2.4.
    static func addSecrets(_ table: inout InteractiveTable) {
        table.add(
            "passwd",
            .init(
                .password, [.quiet("-S -l -u -d -e -n -x -w -i -a --status --lock --unlock --delete --expire --stdin")],
                values: "-n -x -w -i -R -s"))
        // Debian's; elsewhere it is `useradd` and asks nothing.
        table.add(
            "adduser",
            .init(
                .questions, [.quiet("--system --disabled-password+--gecos --disabled-password+--comment")],
                values: """
                    --gecos --comment --home --shell --uid --ingroup
                    """))
        table.add("chsh", .init(.password, [.quiet("-s -l --shell --list-shells")], values: "-s --shell"))
        table.add("chfn", .init(.password, [.quiet("-f -o -p -h -r -w")], values: "-f -o -p -h -r -w"))
        table.add("smbpasswd", .init(.password, [.quiet("-s -d -e -x -n")], values: "-U -r -c -D"))
        table.add("htpasswd", .init(.password, [.quiet("-b -i -D")], values: "-C"))
        table.add("kinit", .init(.password, [.quiet("-k -R --keytab")], values: "-t -c -l -r -s -S --keytab"))
        // A new key needs a file and a passphrase, each asked for if it is not given. `-p` asks for the old one as well.
        table.add(
            "ssh-keygen",
            .init(
                .password,
                [
                    .quiet("-R -F -A -k -Q -D -r -M -Y -H -s -K"), .quiet("-l+-f -L+-f -B+-f -y+-f -e+-f -i+-f"),
                    .quiet("-p+-P+-N+-f"), .asks("-p"), .quiet("-N+-f", "has its file and its passphrase"),
                ],
                values: "-a -b -C -D -E -F -f -I -J -j -M -m -N -n -O -P -R -r -S -s -T -t -V -w -W -Y -Z -z"))
        table.add("ssh-add", .init(.password, [.quiet("-l -L -D -d -T")], values: "-E -S -t -T -e -s -h -H"))
        table.add("ssh-copy-id", .init(.password, [.quiet("-n")], values: "-i -p -o -F -t"))
        table.add(
            "gpg gpg2",
            .init(
                .quiet,
                [
                    .quiet("--batch"),
                    .asks(
                        """
                        --gen-key --full-generate-key --full-gen-key --generate-key --edit-key --sign-key --lsign-key \
                        --delete-key --delete-keys --delete-secret-keys --gen-revoke --generate-revocation --change-passphrase \
                        --passwd --card-edit --edit-card
                        """, .questions),
                    .asks("-c --symmetric", .password),
                ],
                values: "-u -r -o --local-user --recipient --output --homedir"))
        table.add(
            "openssl",
            .init(
                .quiet, oneDash: true,
                commands: [
                    "req": .init(
                        .quiet, [.quiet("-subj -batch -config -text -verify"), .asks("-new -newkey -x509", .questions)],
                        values: "-subj -config -newkey -key -keyout -out -in -days -addext -passout -passin", oneDash: true),
                    "genrsa": key, "genpkey": key,
                    "s_client": .init(.prompt, values: "-connect -servername -CAfile -cert -key -starttls -alpn", oneDash: true),
                    "passwd": .init(
                        .password, [.quiet("-stdin -in")], values: "-salt -in", oneDash: true,
                        operands: [.quiet(from: 1, "has the password")]),
                ]))
        table.add(
            "cryptsetup",
            .init(
                .quiet, [.quiet("-d --key-file")], values: "-d --key-file -c -s -h --type",
                commands: interactive(.password, "luksFormat luksOpen open luksAddKey luksChangeKey resize"), sharesOptions: true)
        )
        table.add("ldapsearch ldapmodify ldapadd", .init(.quiet, [.asks("-W", .password)], values: "-D -H -b -w -s -f -h -p"))
        table.add("pass", .init(.quiet, commands: ["insert": .init(.password), "edit": .init(.editing), "init": .init(.quiet)]))
    }

    /// A private key of OpenSSL, which has a passphrase if it is encrypted.
    private static let key = InteractiveProgram(
        .quiet, [.quiet("-passout -pass"), .asks("-aes256 -aes192 -aes128 -des3", .password)],
        values: "-out -passout -pass -algorithm -pkeyopt",
        oneDash: true)
}
