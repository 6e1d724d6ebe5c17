# The one door. Each target calls a script; `make help` lists them.
.PHONY: help run test simulate crash soak fuzz sanitize build install uninstall bench lint format docs
help:      ; @grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed 's/: .*## /\t/'
run:       ; @scripts/setup && scripts/run ## three tickets from the queue through their terminals to done (KEEP=1 leaves the daemon up; WRAPPER=tmux|reeve|…)
test:      ; @scripts/setup --tests && scripts/test ## all tests
simulate:  ; @scripts/simulate ## whole engines in a world that fails (SEEDS=N; SEED=N runs one again)
crash:     ; @scripts/crash ## the real daemon, killed, stopped and reloaded again and again (N=1000; SEED=N, BIN=DIR)
soak:      ; @scripts/soak ## everything at once for long, and nothing grows (MINUTES=30; BIN=DIR)
fuzz:      ; @scripts/setup && scripts/fuzz ## every reader of foreign bytes under libFuzzer (MINUTES=N for each target; TARGET=NAME for one)
sanitize:  ; @scripts/sanitize ## all tests under the thread and the address sanitizer
build:     ; @scripts/setup && scripts/build ## release binaries
install:   ; @scripts/setup && scripts/build && scripts/install ## binaries, units, man pages, completions below PREFIX (~/.local)
uninstall: ; @scripts/uninstall ## what install put there
bench:     ; @scripts/setup --bench && scripts/bench ## ratios side by side, into docs/performance.md
lint:      ; @scripts/lint ## format, warnings, scripts
format:    ; @swift format --in-place --recursive --parallel Package.swift Sources Tests ## rewrite the sources in the house format
docs:      ; @scripts/docs ## generated documents: protocol, configuration, man pages
