extension InteractiveRows {
    static let programs: [InteractiveRow] = [
        // Languages and their debuggers.
        .asks("iex -S mix", "prompt"), .asks("iex --name a@b -S mix phx.server", "prompt"), .asks("erl -sname x", "prompt"),
        .quiet("erl -noshell -s init stop", "-noshell"), .asks("erl -pa ebin -eval 'a()'", "prompt"),
        .asks("python manage.py shell", "prompt"), .asks("./manage.py dbshell", "prompt"),
        .asks("python3 manage.py createsuperuser", "questions"),
        .quiet("python manage.py createsuperuser --noinput", "--noinput"),
        .quiet("python manage.py shell -c 'print(1)'", "-c"), .quiet("python manage.py migrate", "asks nobody"),
        .quiet("python manage.py runserver", "asks nobody"), .asks("python -m IPython", "prompt"),
        .asks("python -m asyncio", "prompt"),
        .asks("python -m pytest --pdb", "prompt"), .quiet("python -m pytest -x", "asks nobody"),
        .asks("pytest --pdb tests", "prompt"),
        .quiet("python -m http.server -i", "module"), .quiet("python -c 'import sys' -i", "-c"),
        .asks("python -ic 'x = 1'", "prompt"),
        .quiet("python -c 'print(1)'", "-c"), .quiet("python -W ignore a.py", "file"), .quiet("python3 -Wi a.py", "file"),
        .asks("node inspect a.js", "prompt"), .quiet("node --inspect a.js", "file"), .quiet("node --test", "--test"),
        .asks("node", "prompt"), .asks("node -r dotenv/config", "prompt"), .asks("deno", "prompt"), .asks("deno repl", "prompt"),
        .quiet("deno run a.ts", "command"), .asks("bun repl", "prompt"), .quiet("bun test", "asks nobody"),
        .asks("ts-node", "prompt"),
        .quiet("tsx a.ts", "file"), .asks("rails console", "prompt"), .asks("bundle exec rails c", "prompt"),
        .quiet("bin/rails server", "asks nobody"), .asks("php artisan tinker", "prompt"),
        .quiet("php artisan migrate", "asks nobody"),
        .asks("ruby bin/rails dbconsole", "prompt"), .asks("flask shell", "prompt"), .asks("perl -d a.pl", "prompt"),
        .quiet("perl -d:NYTProf a.pl", "asks nobody"), .quiet("perl -ne 'print' a", "asks nobody"),
        .asks("perl -de 1", "prompt"), .asks("perl -de0", "prompt"), .asks("perl -wde 42", "prompt"),
        .asks("perl -dt a.pl", "prompt"), .asks("perl -d -Ilib a.pl", "prompt"), .quiet("perl -dt:Trace a.pl", "asks nobody"),
        .quiet("perl -d:Cover=-silent,1 -e 1", "asks nobody"), .quiet("perl -Mstrict -E 'say 1' a -d", "asks nobody"),
        .asks("sbcl --load a.lisp", "prompt"),
        .quiet("sbcl --script a.lisp", "--script"), .asks("gdb -p 42", "prompt"), .quiet("gdb -q -batch -ex bt a.out", "-batch"),
        .asks("gdb --args a.out --batch", "prompt"), .asks("dlv debug", "prompt"), .quiet("dlv debug --headless", "--headless"),
        .asks("rlwrap nc host 80", "prompt"), .asks("rlwrap -a sbcl", "prompt"), .quiet("racket a.rkt", "file"),
        .quiet("swift run", "command"), .asks("lein repl", "prompt"), .quiet("julia --project a.jl", "file"),

        // Environments that run another program.
        .asks("uv run python", "prompt"), .asks("uv run --with rich python", "prompt"), .quiet("uv run a.py", "not known"),
        .quiet("uv run pytest -q", "asks nobody"), .asks("uv run -m pdb a.py", "prompt"), .quiet("uv sync", "not known"),
        .asks("poetry run python", "prompt"), .quiet("poetry run python a.py", "file"), .asks("poetry shell", "shell"),
        .asks("pipenv run ipython", "prompt"), .asks("pipenv shell", "shell"), .quiet("pipenv run make", "asks nobody"),
        .quiet("pipenv install", "asks nobody"), .asks("conda run -n env python", "prompt"), .asks("mise exec -- node", "prompt"),
        .asks("npx @anthropic-ai/claude-code", "person"), .asks("npx -y @openai/codex@latest", "person"),
        .quiet("npx @google/gemini-cli -p hi", "-p"), .asks("bunx opencode-ai", "person"),
        .quiet("npx tsc --noEmit", "not known"),
        .quiet("npx jest", "not known"), .asks("npx", "shell"), .asks("npm exec -- claude", "person"),
        .asks("pnpm dlx @github/copilot", "person"),
        .asks("npx ts-node", "prompt"), .asks("npx create-next-app", "questions"), .quiet("npx create-next-app a --yes", "--yes"),
        .asks("uvx ipython", "prompt"), .quiet("uvx ruff check", "not known"), .asks("bundle exec irb", "prompt"),

        // Databases.
        .asks("mysql -u root -psecret", "prompt"), .quiet("mysql -u root -psecret -e 'select 1'", "-e"),
        .asks("mysql -u root -p -e 'select 1'", "password"), .asks("mysqldump -u root -p db > dump.sql", "password"),
        .quiet("mysqldump -u root -psecret db > dump.sql", "asks nobody"), .quiet("mysql -psecret db < a.sql", "file"),
        .asks("mysql -hexample", "prompt"), .asks("psql -Ucf db", "prompt"), .quiet("psql -Atc 'select 1' db", "-c"),
        .asks("psql postgres://localhost/db", "prompt"), .asks("psql -W -c 'select 1'", "password"),
        .asks("sqlite3 -header a.db", "prompt"),
        .quiet("sqlite3 -csv a.db 'select 1'", "SQL"), .asks("redis-cli -n 2", "prompt"), .quiet("redis-cli --stat", "--stat"),
        .asks("mongosh mongodb://h/db", "prompt"), .asks("duckdb a.db", "prompt"), .quiet("duckdb -c 'select 1'", "-c"),

        // Editors and pagers.
        .quiet("nvim -l x.lua", "Lua"), .quiet("nvim -l x.lua --clean", "Lua"), .quiet("nvim --headless +qa", "--headless"),
        .quiet("nvim --headless -c 'lua x()' -c qa", "--headless"), .asks("vim -l a.lisp", "editor"),
        .asks("vim -u NONE a", "editor"),
        .asks("vim -s keys a", "editor"), .quiet("vim -e -s a", "-e -s"), .quiet("vim -u NONE -es a", "-es"),
        .asks("emacs -q -nw", "editor"),
        .quiet("emacs -Q --batch -f x", "--batch"), .quiet("emacsclient -n a", "-n"), .asks("emacsclient -nw a", "editor"),
        .quiet("emacsclient -e '(x)'", "-e"), .asks("ed -s a", "prompt"), .asks("EDITOR=nano crontab -e", "editor"),
        .quiet("EDITOR='sed -i s/a/b/' crontab -e", "EDITOR"), .quiet("MANPAGER=cat man ls", "MANPAGER"),
        .quiet("man -P cat ls", "-P"),
        .asks("bat a.c", "pager"), .quiet("bat --paging=never a.c", "--paging"), .quiet("bat -pp a.c", "-pp"),
        .quiet("bat a.c | head", "pipe"),
        .asks("less +F log", "keys"), .quiet("tail -f log", "not known"),
        .quiet("tail -f log | grep --line-buffered x", "not known"),

        // Agents.
        .asks("pi", "person"), .quiet("amp threads list", "asks nobody"), .asks("amp threads continue T-1", "person"),
        .quiet("amp -x hi", "-x"), .quiet("pi -p hi", "-p"), .quiet("claude 'fix it' -p", "-p"),
        .quiet(
            "claude -r -p hi",
            """
            -p
            """),
        .asks(
            "claude -c",
            """
            person
            """),
        .quiet("claude -h", "tells"), .quiet("codex -h", "tells"), .quiet("opencode run fix -m x", "asks nobody"),
        .quiet(
            "pi --mode json hi",
            """
            --mode
            """),
        .asks("pi --model x 'fix it'", "person"),
        .asks("droid", "person"), .quiet("droid exec hi", "asks nobody"), .asks("kilo", "person"), .asks("copilot", "person"),
        .quiet("copilot -p hi", "-p"), .asks("cursor-agent", "person"), .quiet("cursor-agent -p hi", "-p"),
        .asks("devin", "person"),
        .quiet("claude -p hi --model x", "-p"), .asks("claude --model haiku", "person"), .asks("codex resume", "person"),
        .quiet("codex exec - < prompt", "asks nobody"), .asks("claude --resume abc", "person"),
        .asks("opencode auth login", "questions"),
        .asks("ollama run llama", "prompt"), .quiet("ollama run llama hi", "prompt"),

        // Packagers, hosts and infrastructure.
        .asks("npm init", "questions"), .asks("make menuconfig", "screen"),
        .quiet("make -j8 all", "asks nobody"), .quiet("make -C vim", "asks nobody"), .asks("ccmake .", "screen"),
        .asks("jupyter console", "prompt"), .quiet("npm init -y", "defaults"),
        .asks(
            "npm login",
            """
            questions
            """),
        .quiet("npm test", "asks nobody"),
        .asks("npm create vite@latest", "questions"), .quiet("pnpm init", "asks nobody"),
        .asks("yarn upgrade-interactive", "screen"),
        .quiet("yarn", "asks nobody"), .quiet("npm run build", "asks nobody"), .asks("poetry init", "questions"),
        .asks("terraform apply", "asks before"), .quiet("terraform apply -auto-approve", "-auto-approve"),
        .quiet("terraform apply plan.out", "plan"), .quiet("terraform plan", "asks nobody"), .asks("tofu destroy", "asks before"),
        .asks("terraform -chdir=a apply -var x=y", "asks before"), .asks("terraform console", "prompt"),
        .quiet("terraform apply -var x=y -auto-approve", "-auto-approve"), .asks("pulumi up", "asks before"),
        .asks("terraform apply -replace a.b", "asks before"), .asks("terraform apply -parallelism 4", "asks before"),
        .asks("terraform apply -state a -state-out b -backup c -lock-timeout 9s", "asks before"),
        .asks("tofu apply --replace a.b --parallelism=4", "asks before"), .asks("tofu apply -exclude a.b", "asks before"),
        .quiet("terraform apply -parallelism 4 plan.out", "plan"), .quiet("terraform apply -parallelism=4 plan.out", "plan"),
        .quiet("pulumi up -y", "-y"),
        .asks("gh pr create", "not given"), .asks("gh pr -R a/b create", "not given"), .quiet("gh pr create --fill", "--fill"),
        .quiet("gh pr create --title a --body b", "--title --body"),
        .asks("gh pr create --title a", "not given"), .quiet("gh pr create -t a -b b", "-t -b"),
        .quiet("gh pr create --web", "--web"),
        .asks("gh pr create --draft", "not given"), .asks("gh issue create", "not given"), .quiet("gh pr checkout 3", "has what"),
        .asks("gh pr checkout", "not given"), .asks("gh pr merge 3", "not given"), .quiet("gh pr merge 3 --squash", "--squash"),
        .quiet("gh pr view 3", "asks nobody"), .quiet("gh run watch 3", "has what"), .asks("gh repo delete a/b", "not given"),
        .quiet("gh api /user", "asks nobody"), .asks("gh auth login", "questions"), .asks("aws configure", "questions"),
        .quiet("aws configure get region", "asks nobody"), .quiet("aws s3 ls", "asks nobody"),
        .asks("gcloud compute ssh a", "another computer"),
        .asks("ansible-playbook -K a.yml", "password"), .quiet("ansible-playbook -i hosts a.yml", "asks nobody"),
        .asks("ansible-vault edit a.yml", "editor"),
    ]
}
