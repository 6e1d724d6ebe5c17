import Foundation

/// Stand-ins for the providers' programs: scripts that know the flags of the real ones and refuse all others, keep what was created in
/// files, and write down every call. What they answer is in `view.json` and so on, put there by the test.
///
/// They are put into `bin` of a scratch directory, which comes first in the PATH of whom they are for.
package struct FakeProviders: Sendable {
    private let scratch: Scratch

    package init(_ scratch: Scratch) throws {
        self.scratch = scratch
        _ = try scratch.directory("bin")
    }

    /// Follows gh 2.45: `gh-pr-create(1)`, `gh-pr-list(1)`, `gh-pr-view(1)`, `gh-api(1)`, `gh-auth-status(1)`, `gh help exit-codes`.
    package func installGH(isSignedIn: Bool = true) async throws {
        let store = try scratch.directory("gh")
        if isSignedIn { try write("", to: store + "/signed-in") }
        try await install(
            "gh",
            #"""
            #!/bin/sh
            # fake-gh, after the manual pages of gh 2.45
            S='\#(store)'
            printf '%s\n' "$*" >>"$S/calls"
            [ "$GH_PROMPT_DISABLED" = 1 ] && [ -z "$GIT_DIR" ] || { echo "would ask a person" >&2; exit 1; }
            what="$1 $2"
            case $what in
            "auth status") [ -e "$S/signed-in" ] && exit 0; echo "You are not logged into any GitHub hosts." >&2; exit 1;;
            api\ *) what=api; shift 1; known='--hostname --method'; rest=1;;
            "pr create") shift 2; known='--repo --head --base --title --body-file'; rest=0;;
            "pr list") shift 2; known='--repo --head --state --json --limit'; rest=0;;
            "pr view") shift 2; known='--repo --json'; rest=1;;
            *) echo "unknown command \"$what\" for \"gh\"" >&2; exit 1;;
            esac
            [ -e "$S/signed-in" ] || { echo "To get started with GitHub CLI, please run:  gh auth login" >&2; exit 4; }
            [ -e "$S/broken" ] && { echo "HTTP 502: Bad Gateway" >&2; exit 1; }
            place=
            while [ $# -gt 0 ]; do
              case $1 in
              --*) case " $known " in *" $1 "*) ;; *) echo "unknown flag: $1" >&2; exit 1;; esac
                   [ $# -gt 1 ] || { echo "flag needs an argument: $1" >&2; exit 1; }
                   eval "$(printf %s "$1" | sed 's/^--//; s/-/_/g')=\$2"; shift 2;;
              *) [ "$rest" -gt 0 ] || { echo "accepts 0 arg(s), received 1" >&2; exit 1; }
                 rest=$((rest - 1)); place=$1; shift;;
              esac
            done
            case $what in
            "pr create")
              [ -e "$S/list.json" ] && { echo "a pull request for branch \"$head\" already exists" >&2; exit 1; }
              [ "$body_file" = - ] || exit 1
              cat >"$S/body"; printf %s "$title" >"$S/title"
              printf '[{"headRefName":"%s","isCrossRepository":false,"number":7,"url":"https://github.example.org/o/r/pull/7"}]\n' "$head" >"$S/list.json"
              echo "https://github.example.org/o/r/pull/7";;
            "pr list") if [ -e "$S/list.json" ]; then cat "$S/list.json"; else echo '[]'; fi;;
            "pr view") cat "$S/view.json";;
            api) case $place in repos/o/r/pulls/7/comments\?*) cat "$S/comments.json";; *) echo "HTTP 404" >&2; exit 1;; esac;;
            esac
            """#)
    }

    /// Follows glab 1.49: `glab-mr-create`, `glab-mr-list`, `glab-mr-view`, `glab-api`, `glab-auth-status`.
    package func installGLab(isSignedIn: Bool = true) async throws {
        let store = try scratch.directory("glab")
        if isSignedIn { try write("", to: store + "/signed-in") }
        try await install(
            "glab",
            #"""
            #!/bin/sh
            # fake-glab, after the manual pages of glab 1.49
            S='\#(store)'
            printf '%s\n' "$*" >>"$S/calls"
            [ "$GLAB_NO_PROMPT" = 1 ] && [ -z "$GIT_DIR" ] || { echo "would ask a person" >&2; exit 1; }
            what="$1 $2" flags=
            case $what in
            "auth status") [ -e "$S/signed-in" ] && exit 0; echo "x No token provided" >&2; exit 1;;
            api\ *) what=api; shift 1; known='--hostname --method'; rest=1;;
            "mr create") shift 2; known='--repo --source-branch --target-branch --title --description'; flags='--yes --no-editor'; rest=0;;
            "mr list") shift 2; known='--repo --source-branch --output --per-page'; rest=0;;
            "mr view") shift 2; known='--repo --output'; rest=1;;
            *) echo "Unknown command \"$what\" for \"glab\"." >&2; exit 1;;
            esac
            [ -e "$S/signed-in" ] || { echo "401 Unauthorized" >&2; exit 1; }
            place=
            while [ $# -gt 0 ]; do
              case $1 in
              --*) case " $flags " in *" $1 "*) shift; continue;; esac
                   case " $known " in *" $1 "*) ;; *) echo "Unknown flag: $1" >&2; exit 1;; esac
                   [ $# -gt 1 ] || { echo "flag needs an argument: $1" >&2; exit 1; }
                   eval "$(printf %s "$1" | sed 's/^--//; s/-/_/g')=\$2"; shift 2;;
              *) [ "$rest" -gt 0 ] || exit 1; rest=$((rest - 1)); place=$1; shift;;
              esac
            done
            case $what in
            "mr create")
              printf %s "$title" >"$S/title"; printf %s "$description" >"$S/body"
              printf '[{"iid":7,"source_branch":"%s","source_project_id":1,"state":"opened","target_project_id":1,"web_url":"https://gitlab.com/g/s/r/-/merge_requests/7"}]\n' "$source_branch" >"$S/list.json"
              echo "https://gitlab.com/g/s/r/-/merge_requests/7";;
            "mr list") if [ -e "$S/list.json" ]; then cat "$S/list.json"; else echo '[]'; fi;;
            "mr view") cat "$S/view.json";;
            api) case $place in
                 projects/g%2Fs%2Fr/merge_requests/7/reviewers) cat "$S/reviewers.json";;
                 projects/g%2Fs%2Fr/merge_requests/7/notes\?*) cat "$S/notes.json";;
                 *) echo "404 Not Found" >&2; exit 1;;
                 esac;;
            esac
            """#)
    }

    /// Whatever the host: this `ssh` leads to a repository of the tests' own, and refuses to be called so that it could ask.
    package func installSSH(to remote: String) async throws {
        try await install(
            "ssh",
            """
            #!/bin/sh
            case " $* " in *" -o BatchMode=yes "*) ;; *) echo "would ask for a password" >&2; exit 255;; esac
            for last; do :; done
            case $last in
            git-upload-pack*) exec git upload-pack '\(remote)';;
            git-receive-pack*) exec git receive-pack '\(remote)';;
            esac
            exit 255
            """)
    }

    package func said(_ file: String) -> String {
        (try? String(contentsOfFile: "\(scratch.path)/\(file)", encoding: .utf8)) ?? ""
    }

    package func answer(_ file: String, _ text: String) throws { try write(text, to: "\(scratch.path)/\(file)") }

    /// A program of the tests' own in the PATH.
    package func install(_ name: String, _ script: String) async throws {
        try await Script.write("\(scratch.path)/bin/\(name)", script)
    }

    private func write(_ text: String, to path: String) throws { try text.write(toFile: path, atomically: true, encoding: .utf8) }
}
