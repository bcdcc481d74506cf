using Tocsin.Evidence.Artifacts;
using Tocsin.Evidence.Evtx;
using Tocsin.Evidence.Tests.Support;

namespace Tocsin.Evidence.Tests.Evtx;

/// <summary>A log that several threads read in parts gives what it gives when one thread reads it.</summary>
public sealed class LogPartsTests
{
    [Fact]
    public void A_sound_log_read_in_parts_is_the_log_read_whole()
    {
        byte[] log = MadeChunk.File([.. Enumerable.Range(0, 23).Select(i => Made.Processes(1 + i * 20, 20, clockHours: 5).Finish())]);
        foreach (int chunks in (int[])[1, 2, 7, 22, 23, 24])
        {
            var parts = new TestParts();
            Assert.Equal(Made.Read(log).Listing(), Read(log, chunks, parts).Listing());
            // The last part is known to be the last when nothing follows.
            Assert.Equal((23 + chunks - 1) / chunks, parts.Begun);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_damaged_log_read_in_parts_is_the_log_read_whole(bool isDirty)
    {
        byte[] whole = MadeChunk.File(isDirty, isDirty ? 3 : 12, [.. Enumerable.Range(0, 12).Select(i => Made.Processes(1 + i * 20, 20, clockHours: i % 3).Finish())]);
        var random = new Random(isDirty ? 1 : 2);
        int inParts = 0, damaged = 0;
        for (int i = 0; i < 400; i++)
        {
            var log = new List<byte>(whole);
            for (int hits = random.Next(0, 4); hits > 0; hits--)
            {
                int at = random.Next(0, log.Count - 70_000), length = random.Next(1, random.Next(2) == 0 ? 70_000 : 64);
                switch (random.Next(5))
                {
                    case 0: log.RemoveRange(at, length); break;
                    case 1: log.InsertRange(at, Enumerable.Repeat((byte)0xEE, length)); break;
                    case 2: log.RemoveRange(log.Count - length, length); break;
                    case 3: for (int k = 0; k < length; k++) log[at + k] = 0; break;
                    default: log[at] ^= (byte)(1 << random.Next(8)); break;
                }
            }

            byte[] bytes = [.. log];
            if (EvtxReader.TryRecognise(bytes, "x") is null) continue;
            var parts = new TestParts();
            CollectingSink expected = ReadWhole(bytes);
            Assert.Equal(expected.Listing(), Read(bytes, 1 + i % 3, parts).Listing());
            inParts += parts.Begun > 1 ? 1 : 0;
            damaged += expected.Report.Located.Count > 0 ? 1 : 0;
        }

        Assert.True(inParts > 200, $"{inParts} logs were cut");
        Assert.True(damaged > 150, $"{damaged} logs were damaged");
    }

    [Fact]
    public void What_breaks_in_a_part_breaks_the_reading_and_leaves_nobody_at_work()
    {
        byte[] log = MadeChunk.File([.. Enumerable.Range(0, 8).Select(i => Made.Processes(1 + i * 20, 20).Finish())]);
        var parts = new TestParts { BreaksAt = 3 };
        Assert.Throws<OperationCanceledException>(() => Read(log, 1, parts));
        Assert.Equal(0, parts.Running);
    }

    static CollectingSink ReadWhole(byte[] log) => new CollectingSink(Made.Fields).Read(EvtxReader.TryRecognise(log, "x")!, log);

    static CollectingSink Read(byte[] log, int chunks, TestParts parts)
    {
        EvtxReader reader = EvtxReader.TryRecognise(log, "x")!;
        reader.ChunksOfPart = chunks;
        return new CollectingSink(Made.Fields).Read(reader, new MemoryStream(log), parts: parts.For);
    }

    /// <summary>Every part on a thread of its own.</summary>
    sealed class TestParts
    {
        public int Begun { get; private set; }

        public int BreaksAt { get; init; } = -1;

        public int Running;

        public IPartReading For(CollectingSink whole) => new Reading(this, whole);

        sealed class Reading(TestParts owner, CollectingSink whole) : IPartReading
        {
            readonly Dictionary<ReadContext, CollectingSink> _open = [];

            public ReadContext Begin()
            {
                owner.Begun++;
                var part = new CollectingSink(Made.Fields);
                ReadContext context = part.Context();
                _open.Add(context, part);
                return context;
            }

            public Task Run(Action read)
            {
                bool breaks = owner.Begun == owner.BreaksAt;
                Interlocked.Increment(ref owner.Running);
                return Task.Run(() =>
                {
                    try
                    {
                        if (breaks) throw new OperationCanceledException();
                        read();
                    }
                    finally
                    {
                        Interlocked.Decrement(ref owner.Running);
                    }
                });
            }

            public void Join(ReadContext part)
            {
                Assert.True(_open.Remove(part, out CollectingSink? read));
                whole.Records.AddRange(read.Records);
            }
        }
    }
}
