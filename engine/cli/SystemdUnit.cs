namespace K2I.Cli;

/// <summary>The service unit that <c>k2i init --systemd</c> writes: notify type, bounded stop, and as little of the system as the work needs.</summary>
internal static class SystemdUnit
{
    public static string Render(string binary, string config) => $"""
        # k2i.service: save as /etc/systemd/system/k2i.service, then
        #   useradd --system --home-dir /var/lib/k2i --shell /usr/sbin/nologin k2i
        #   systemctl daemon-reload && systemctl enable --now k2i
        # The warehouse and data_dir belong below /var/lib/k2i (relative paths are), or into ReadWritePaths=.

        [Unit]
        Description=K2I: Kafka topics into Iceberg tables
        After=network-online.target
        Wants=network-online.target

        [Service]
        Type=notify
        ExecStartPre={binary} validate --config {config}
        ExecStart={binary} ingest --config {config}
        ExecReload={binary} reload --config {config}
        WorkingDirectory=/var/lib/k2i
        StateDirectory=k2i
        RuntimeDirectory=k2i
        User=k2i
        Group=k2i
        # Secrets for ${"{"}file:${"{"}CREDENTIALS_DIRECTORY{"}"}/kafka-password{"}"} in the configuration:
        #LoadCredential=kafka-password:/etc/k2i/kafka-password
        Restart=on-failure
        RestartSec=5
        # 2: the configuration is wrong; starting again does not mend it.
        RestartPreventExitStatus=2
        WatchdogSec=60
        # Longer than [engine] shutdown_timeout.
        TimeoutStopSec=60
        LimitNOFILE=65536

        AmbientCapabilities=
        CapabilityBoundingSet=
        DevicePolicy=closed
        KeyringMode=private
        LockPersonality=yes
        MemoryDenyWriteExecute=yes
        NoNewPrivileges=yes
        PrivateDevices=yes
        PrivateIPC=yes
        PrivateTmp=yes
        PrivateUsers=yes
        ProcSubset=pid
        ProtectClock=yes
        ProtectControlGroups=yes
        ProtectHome=yes
        ProtectHostname=yes
        ProtectKernelLogs=yes
        ProtectKernelModules=yes
        ProtectKernelTunables=yes
        ProtectProc=invisible
        ProtectSystem=strict
        RemoveIPC=yes
        RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
        RestrictNamespaces=yes
        RestrictRealtime=yes
        RestrictSUIDSGID=yes
        SystemCallArchitectures=native
        SystemCallErrorNumber=EPERM
        SystemCallFilter=@system-service
        SystemCallFilter=~@privileged @resources
        UMask=0027

        [Install]
        WantedBy=multi-user.target

        """;
}
