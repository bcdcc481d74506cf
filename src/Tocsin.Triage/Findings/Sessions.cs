namespace Tocsin.Triage.Findings;

/// <summary>Numbers the runs of an attack: matches that a request id, a canary, a client's address or the time joins.</summary>
/// <remarks>
/// A request id or a canary joins whatever the time. A client's address joins within <see cref="ClientGap"/>, since the same
/// gang comes back days later for another run. A match that names neither (an event, a row of the ECP log) belongs to the
/// run that is nearest in time, within <see cref="NearestGap"/>.
/// </remarks>
internal static class Sessions
{
    static readonly TimeSpan ClientGap = TimeSpan.FromMinutes(10);
    static readonly TimeSpan NearestGap = TimeSpan.FromMinutes(2);

    /// <summary>A number from 1 for each match, 0 where it has no time to be joined by. In the order given.</summary>
    /// <param name="matches">In order of time; those without one last.</param>
    public static int[] Number(IReadOnlyList<Match> matches)
    {
        int[] parent = [.. Enumerable.Range(0, matches.Count)];
        JoinBy(m => m.RequestId);
        JoinBy(m => m.Canary);

        var lastOfClient = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < matches.Count; i++)
        {
            if (matches[i].Client is not { } client || matches[i].TimeUtc is not { } time) continue;
            if (lastOfClient.TryGetValue(client, out int before) && time - matches[before].TimeUtc!.Value <= ClientGap) Join(before, i);
            lastOfClient[client] = i;
        }

        for (int i = 0; i < matches.Count; i++)
        {
            if (matches[i].Client is not null || matches[i].TimeUtc is not { } time) continue;
            int before = i - 1, after = i + 1 < matches.Count && matches[i + 1].TimeUtc is not null ? i + 1 : -1;
            TimeSpan toBefore = before >= 0 ? time - matches[before].TimeUtc!.Value : TimeSpan.MaxValue;
            TimeSpan toAfter = after >= 0 ? matches[after].TimeUtc!.Value - time : TimeSpan.MaxValue;
            if (toBefore <= toAfter && toBefore <= NearestGap) Join(before, i);
            else if (toAfter <= NearestGap) Join(after, i);
        }

        int[] numbers = new int[matches.Count];
        var numberOf = new Dictionary<int, int>();
        for (int i = 0; i < matches.Count; i++)
        {
            if (matches[i].TimeUtc is null) continue;
            int root = Root(i);
            if (!numberOf.TryGetValue(root, out int number)) numberOf.Add(root, number = numberOf.Count + 1);
            numbers[i] = number;
        }

        return numbers;

        void JoinBy(Func<Match, string?> key)
        {
            var first = new Dictionary<string, int>(StringComparer.Ordinal);
            for (int i = 0; i < matches.Count; i++)
            {
                if (key(matches[i]) is { } value && !first.TryAdd(value, i)) Join(first[value], i);
            }
        }

        void Join(int a, int b) => parent[Root(b)] = Root(a);

        int Root(int i)
        {
            while (parent[i] != i) i = parent[i] = parent[parent[i]];
            return i;
        }
    }
}
