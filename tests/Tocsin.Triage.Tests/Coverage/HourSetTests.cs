using CsCheck;
using Tocsin.Triage.Coverage;
using Tocsin.Triage.Reports;

namespace Tocsin.Triage.Tests.Coverage;

public class HourSetTests
{
    static readonly DateTime Start = new(2021, 3, 1, 0, 0, 0, DateTimeKind.Utc);
    static readonly int First = (int)(Start.Ticks / TimeSpan.TicksPerHour);

    [Fact]
    public void Spans_and_what_they_leave_open_are_the_window_and_agree_with_a_plain_model()
    {
        Gen.Int[0, 200].Array[0, 60].Sample(hours =>
        {
            HourSet filled = new HourSet(hours.Select(h => First + h)).Filled();
            DateTime to = Start.AddHours(150);
            IReadOnlyList<TimeSpanUtc> spans = filled.SpansWithin(Start, to);
            IReadOnlyList<TimeSpanUtc> open = HourSet.Open(spans, Start, to);
            for (int h = 0; h < 150; h++)
            {
                DateTime middle = Start.AddHours(h).AddMinutes(30);
                bool inSpan = spans.Any(s => s.FromUtc <= middle && middle < s.ToUtc);
                Assert.NotEqual(inSpan, open.Any(s => s.FromUtc <= middle && middle < s.ToUtc));
                // Covered: a record in the hour, or between two that have at most two silent hours between them.
                bool covered = hours.Contains(h) || hours.Any(a => a < h && hours.Any(b => b > h && b - a <= 3));
                Assert.Equal(covered, inSpan);
            }

            Assert.Equal(to - Start, TimeSpan.FromTicks(spans.Sum(s => (s.ToUtc - s.FromUtc).Ticks) + open.Sum(s => (s.ToUtc - s.FromUtc).Ticks)));
        }, iter: 2_000);
    }
}
