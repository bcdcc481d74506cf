using CsCheck;
using Tocsin.Evidence.Sources;
using Tocsin.Triage.Clocks;
using Tocsin.Triage.Scanning;

namespace Tocsin.Triage.Tests.Clocks;

public sealed class ClockSampleTests
{
    static readonly ArtifactScan _one = new(new SourceFile { Path = "one" }), _other = new(new SourceFile { Path = "other" });

    [Fact]
    public void What_is_kept_is_bounded_does_not_depend_on_the_order_and_is_the_same_of_both_logs()
    {
        Gen.ULong.Array[20, 400].Sample(ids =>
        {
            var forwards = new ClockSamples(max: 64);
            var backwards = new ClockSamples(max: 64);
            foreach (ulong id in ids) forwards.Add(id, _one, DateTime.UnixEpoch, default);
            foreach (ulong id in ids) forwards.Add(id, _other, DateTime.UnixEpoch, default);
            foreach (ulong id in ids.Reverse()) backwards.Add(id, _other, DateTime.UnixEpoch, default);
            foreach (ulong id in ids.Reverse()) backwards.Add(id, _one, DateTime.UnixEpoch, default);

            ulong[] kept = Kept(forwards);
            Assert.Equal(kept, Kept(backwards));
            Assert.InRange(kept.Length, 1, 32);
        }, iter: 200, threads: 1);
    }

    [Fact]
    public void One_id_repeated_without_end_fills_nothing()
    {
        var samples = new ClockSamples(max: 64);
        for (int i = 0; i < 100_000; i++) samples.Add(42, _one, DateTime.UnixEpoch.AddSeconds(i), default);
        samples.Add(42, _other, DateTime.UnixEpoch, default);
        Assert.Equal([42UL], Kept(samples));
    }

    static ulong[] Kept(ClockSamples samples) => [.. samples.Of([_one, _other]).Select(g => g.Key).Order()];
}
