import RheiCDC

extension Mirror {
    /// Syncs again and again, `interval` after the end of the one before; replaces an earlier background sync.
    func startBackground(interval: Duration) async {
        await replaceBackground {
            // The error is in the status; the next round tries again.
            _ = try? await self.sync()
            try? await Task.sleep(for: interval)
        }
    }

    /// Syncs whenever somebody has committed; replaces an earlier background sync.
    func followCommits() async {
        await replaceBackground {
            let report = try? await self.sync()
            // Commits that follow each other closely share a sync.
            if report?.changeCount ?? 0 > 0 { try? await Task.sleep(for: Self.shortestPause) }
            // The next round costs a look at SQLite's counter of commits; that is how those of others are noticed.
            await self.signal.wait(atMost: Self.pollInterval)
        }
    }

    private static let shortestPause = Duration.milliseconds(1)
    /// How often to look for commits of other processes.
    private static let pollInterval = Duration.milliseconds(4)

    private func replaceBackground(_ round: @escaping @Sendable () async -> Void) async {
        await stopBackground()
        background = Task {
            while !Task.isCancelled { await round() }
        }
    }

    /// Ends background sync after the round that runs.
    func stopBackground() async {
        let task = background
        background = nil
        task?.cancel()
        await task?.value
    }
}
