extension InteractivePrograms {
    /// Interpreters, their prompts and debuggers, after CPython 3.13, Node.js 24, Ruby 3.4, Erlang/OTP 27, Elixir 1.18, PHP 8.4.
    static func addLanguages(_ table: inout InteractiveTable) {
        let script = OperandRule.quiet(from: 1, "runs a file")
        table.add(
            "python python2 python3 pypy pypy3",
            .init(
                .prompt, [.asks("-m=code -m=asyncio"), .asks("-i"), .quiet("-V"), .quiet("-c", "-c runs what it is given")],
                values: "-W -X --check-hash-based-pycs", last: "-c -m", stopsAfter: 1,
                operands: [script], runsScripts: true))
        table.add(
            "ipython ipython3 IPython bpython ptpython",
            .init(.prompt, [.asks("-i"), .quiet("-c")], values: "-c -m --profile", stopsAfter: 1, operands: [script]))
        table.add("pdb pdb3 ipdb pudb jdb rdbg byebug", .init(.prompt))
        table.add("pytest py.test", .init(.quiet, [.asks("--pdb --trace", .prompt)]))
        table.add(
            "node nodejs",
            .init(
                .prompt,
                [.asks("-i --interactive"), .quiet("-e -p -v -c --eval --print --check --test --run --v8-options")],
                values: "-e -p -r -C --eval --print --require --import --loader --conditions --env-file --run --title",
                stopsAfter: 1,
                operands: [script], commands: ["inspect": .init(.prompt)]))
        table.add(
            "ts-node tsx",
            .init(
                .prompt, [.quiet("-e -p -v --eval --print")], values: "-e -p -r -P --eval --require", stopsAfter: 1,
                operands: [script], commands: ["watch": .init(.quiet)]))
        table.add(
            "deno",
            .init(
                .prompt, [.quiet("-V -e")], operands: [.quiet(from: 1, "runs a command")], commands: ["repl": .init(.prompt)]))
        table.add("irb pry", .init(.prompt, [.quiet("-v")], values: "-r -I -e", stopsAfter: 1, operands: [script]))
        table.add("ruby", .init(.quiet, values: "-e -I -r -C -E", stopsAfter: 1, runsScripts: true))
        table.add(
            "lua luajit lua5 tclsh",
            .init(.prompt, [.asks("-i"), .quiet("-e -v")], values: "-e -l", stopsAfter: 1, operands: [script]))
        // `-d` is the debugger; with a colon, and with a `t` for threads before it, a module that measures (perlrun, Perl 5.36).
        table.add(
            "perl",
            .init(
                .quiet, [.asks("-d=", .prompt)], values: "-e -E", attached: "-i -I -l -0 -F -x -C -D -M -m -d",
                beginnings: ["-d": [":", "=", "t:", "t="]], stopsAfter: 1))
        table.add("ghci", .init(.prompt, [.quiet("-e")], values: "-e"))
        table.add(
            "R",
            .init(
                .prompt, [.asks("--interactive"), .quiet("-e -f --file")], values: "-e -f -g -d",
                commands: ["CMD": .init(.quiet)]))
        table.add(
            "julia",
            .init(
                .prompt, [.asks("-i"), .quiet("-e -E -v --eval --print")], values: "-e -E -L -J -p -t -C --eval --print",
                stopsAfter: 1, operands: [script]))
        table.add("bc", .init(.prompt, [.quiet("-v -e --expression")], values: "-e --expression"))
        table.add("dc", .init(.prompt, [.quiet("-e -f -V")], values: "-e -f", operands: [script]))
        table.add(
            "php",
            .init(
                .prompt, [.asks("-a"), .quiet("-r -f -v -i -m -l -s -S -B -R -F")], values: "-r -f -d -c -z -t -S -B -R -F",
                stopsAfter: 1, operands: [script], runsScripts: true))
        // Of erl and iex only an option ends the prompt; what files they are given they load before it.
        table.add(
            "erl",
            .init(
                .prompt, [.quiet("-noshell -noinput -detached")],
                values: "-sname -name -setcookie -eval -s -run -pa -pz -config -mode -boot -args_file -env -kernel", oneDash: true
            ))
        table.add(
            "iex",
            .init(.prompt, [.quiet("-v")], values: "-S -e -r -pr -pa -pz --eval --name --sname --cookie --remsh --dot-iex"))
        table.add("jshell", .init(.prompt, oneDash: true))
        table.add("sbcl", .init(.prompt, [.quiet("--script --non-interactive --quit")], values: "--load --eval --script --core"))
        table.add(
            "scala kotlin kotlinc groovysh utop ocaml clisp guile octave octave-cli maxima gp racket gnuplot coqtop",
            .init(
                .prompt,
                [.asks("-i --persist -persist"), .quiet("-e -c -x -s --eval --script --batch --batch-string -batch --no-shell")],
                values: "-e -c -x -s -l --eval --script", stopsAfter: 1, operands: [script]))
        table.add("lein", .init(.quiet, commands: ["repl": .init(.prompt)]))
        table.add("clj", .init(.prompt, [.quiet("-M -X -T -P -e")], operands: [script]))
        table.add(
            "cabal stack rebar3",
            .init(.quiet, commands: ["repl": .init(.prompt), "ghci": .init(.prompt), "shell": .init(.prompt)]))
        table.add("dotnet", .init(.quiet, commands: ["fsi": .init(.prompt, operands: [script])]))
        table.add(
            "swift",
            .init(
                .prompt, [.quiet("-e")], values: "-e", operands: [.quiet(from: 1, "runs a command")],
                commands: ["repl": .init(.prompt)]))

        // Debuggers.
        table.add(
            "gdb",
            .init(
                .prompt, [.quiet("--batch -batch --batch-silent -batch-silent")],
                values: "-ex -x -iex -p -c -d -s -e -ix -cd --eval-command --command --pid --core --directory",
                last: "--args -args", oneDash: true))
        table.add("gdbtui cgdb", .init(.screen))
        table.add(
            "lldb",
            .init(.prompt, [.quiet("-b --batch -v -P")], values: "-o -s -S -O -n -p -k -K -a -c -f -l --one-line --source"))
        table.add(
            "dlv",
            .init(
                .quiet, [.quiet("--headless")], commands: interactive(.prompt, "debug test attach core exec connect"),
                sharesOptions: true))

        table.add("jupyter", .init(.quiet, commands: interactive(.prompt, "console")))

        // Scripts of frameworks.
        table.add(
            "manage.py django-admin",
            .init(
                .quiet, [.quiet("--noinput --no-input"), .quiet("-c --command")], values: "-c --command --settings --database",
                commands: joined(
                    interactive(.prompt, "shell shell_plus dbshell"),
                    interactive(.questions, "createsuperuser changepassword flush collectstatic")),
                sharesOptions: true))
        table.add("rails", .init(.quiet, commands: interactive(.prompt, "console c dbconsole db")))
        table.add("artisan", .init(.quiet, commands: ["tinker": .init(.prompt, [.quiet("--execute")], values: "--execute")]))
        table.add("flask", .init(.quiet, values: "-A -e --app --env-file", commands: interactive(.prompt, "shell")))
    }
}
