extension InteractivePrograms {
    /// Docker CLI 28 and Compose 2.38, Podman 5.5, nerdctl 2.1, kubectl 1.33. What is listed behind `run` takes a value: one that
    /// is missing here would be taken for a switch, and its value for the image.
    static func addContainers(_ table: inout InteractiveTable) {
        var docker = InteractiveTable()
        let inside: [OptionRule] = [
            .quiet("-d --detach", "-d runs in the background"), .asks("-t --tty", .terminal),
        ]
        docker.add("run", .init(.quiet, inside, values: containerValues, stopsAfter: 1))
        docker.add(
            "exec",
            .init(
                .quiet, inside, values: "-e --env --env-file -u --user -w --workdir --detach-keys --preserve-fds", stopsAfter: 1))
        docker.add("start", .init(.quiet, [.asks("-i --interactive", .terminal)], values: "--detach-keys --checkpoint"))
        docker.add("attach", .init(.terminal, values: "--detach-keys"))
        docker.add(
            "login",
            .init(
                .password, [.quiet("--password-stdin -p --password", "has its password")], values: "-u -p --username --password"))
        docker.add("stats", .init(.monitor, [.quiet("--no-stream", "--no-stream shows it once")], values: "--format"))
        docker.add("init debug", .init(.questions))
        let prune = interactive(.confirmation, "prune", [.quiet("-f --force")])
        docker.add("system image volume network builder buildx", .init(.quiet, commands: prune))
        docker.add("container", .init(.quiet, commands: joined(docker.programs, prune)))
        docker.add("compose", compose)
        table.add(
            "docker podman nerdctl",
            .init(
                .quiet, values: "-c -H -l --config --context --host --log-level --url --connection --namespace --root --runroot",
                commands: docker.programs))
        table.add("docker-compose podman-compose", compose)
        addKubernetes(&table)
    }

    private static let compose: InteractiveProgram = {
        let rules: [OptionRule] = [
            .quiet("-T --no-TTY --no-tty", "asks for no terminal"), .quiet("-d --detach", "-d runs in the background"),
        ]
        return InteractiveProgram(
            .quiet, values: "-f -p --file --project-name --profile --env-file --project-directory --ansi --progress --parallel",
            commands: [
                "run": .init(
                    .terminal, rules,
                    values: """
                        -e -u -w -p -v -l --env --env-from-file --user --workdir --publish --volume --name --entrypoint --label \
                        --cap-add --cap-drop --pull
                        """, stopsAfter: 1),
                "exec": .init(.terminal, rules, values: "-e -u -w --env --user --workdir --index", stopsAfter: 1),
                "rm": .init(.confirmation, [.quiet("-f --force")]),
            ])
    }()

    /// `docker run`, `podman run`, `nerdctl run`.
    private static let containerValues: OptionNames = """
        -a -c -e -h -l -m -p -u -v -w --add-host --annotation --attach --blkio-weight --blkio-weight-device --cap-add --cap-drop \
        --cgroup-parent --cgroupns --cidfile --cpu-count --cpu-percent --cpu-period --cpu-quota --cpu-rt-period --cpu-rt-runtime \
        --cpu-shares --cpus --cpuset-cpus --cpuset-mems --detach-keys --device --device-cgroup-rule --device-read-bps \
        --device-read-iops --device-write-bps --device-write-iops --dns --dns-opt --dns-option --dns-search --domainname \
        --entrypoint --env --env-file --expose --gpus --group-add --health-cmd --health-interval --health-retries \
        --health-start-interval --health-start-period --health-timeout --hostname --ip --ip6 --ipc --isolation --kernel-memory \
        --label --label-file --link --link-local-ip --log-driver --log-opt --mac-address --memory --memory-reservation \
        --memory-swap --memory-swappiness --mount --name --net --net-alias --network --network-alias --oom-score-adj --pid \
        --pids-limit --platform --publish --pull --restart --runtime --security-opt --shm-size --stop-signal --stop-timeout \
        --storage-opt --sysctl --tmpfs --ulimit --user --userns --uts --volume --volume-driver --volumes-from --workdir --arch \
        --authfile --cert-dir --cgroup-conf --cgroups --chrootdirs --conmon-pidfile --creds --decryption-key --env-merge \
        --gidmap --group-entry --hooks-dir --hosts-file --image-volume --init-path --os --passwd-entry --personality --pidfile \
        --pod --pod-id-file --preserve-fd --preserve-fds --rdt-class --requires --retry --retry-delay --sdnotify \
        --seccomp-policy --secret --shm-size-systemd --subgidname --subuidname --timeout --tz --uidmap --umask --unsetenv \
        --variant
        """

    private static func addKubernetes(_ table: inout InteractiveTable) {
        var kubectl = InteractiveTable()
        kubectl.add(
            "exec run attach debug",
            .init(
                .quiet, [.asks("-t --tty", .terminal)],
                values: """
                    -c -f -l --container --filename --image --env --labels --overrides --override-type --port --restart --target \
                    --copy-to --profile --custom --pod-running-timeout --image-pull-policy --annotations
                    """))
        kubectl.add("edit", .init(.editing))
        kubectl.add("create", .init(.quiet, [.asks("--edit", .editing)], values: "-f --filename"))
        kubectl.add("apply", .init(.quiet, values: "-f --filename", commands: ["edit-last-applied": .init(.editing)]))
        kubectl.add("delete", .init(.quiet, [.asks("-i --interactive", .confirmation)], values: "-f -l --filename --selector"))
        kubectl.add(
            "rsh",
            .init(.remoteShell, [.quiet("-T --no-tty")], stopsAfter: 1, operands: [.quiet(from: 2, "runs one command there")]))
        kubectl.add(
            "login", .init(.questions, [.quiet("-p -t --password --token")], values: "-u -p -t --username --password --token"))
        table.add(
            "kubectl oc",
            .init(
                .quiet,
                values: """
                    -n -s -v --namespace --context --cluster --kubeconfig --user --as --as-group --as-uid --server --token \
                    --request-timeout --cache-dir --certificate-authority --client-certificate --client-key --tls-server-name
                    """, commands: kubectl.programs, sharesOptions: true, opened: editors("KUBE_EDITOR", "EDITOR")))
    }
}
