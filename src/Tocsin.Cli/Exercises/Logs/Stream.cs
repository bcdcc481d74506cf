namespace Tocsin.Cli.Exercises.Logs;

/// <summary>The requests of one kind in one hour, in order of time, as far as one log keeps them.</summary>
/// <remarks>
/// A request's bits follow from its number alone. So every log sees the same requests, a log with fewer bytes to spend
/// sees a part of them, and IIS's <c>cafeReqId</c> finds its RequestId in HttpProxy without any log knowing the other.
/// </remarks>
internal struct Stream
{
    readonly Flow _flow;
    readonly Person[] _people;
    readonly ulong _key;
    readonly double _step;
    readonly int _start;
    readonly int _count;
    readonly ulong _keep;
    readonly bool _first;
    int _next;
    ulong _bits;

    /// <param name="estate">Whose people.</param>
    /// <param name="flow">Which kind.</param>
    /// <param name="day">The day.</param>
    /// <param name="hour">The hour.</param>
    /// <param name="happen">How many requests happen, as a multiple of the real size.</param>
    /// <param name="kept">How many of them this log keeps, as a multiple of the real size.</param>
    /// <param name="always">Whether one happens and is kept in any case, so that no hour is empty.</param>
    public Stream(Estate estate, Flow flow, DateOnly day, int hour, double happen, double kept, bool always)
    {
        _flow = flow;
        _people = estate.People;
        Dice dice = Dice.For(estate.Seed, "traffic", ((long)day.DayNumber * 24 + hour) * 32 + (int)flow.Protocol * 2 + (flow.Noise ? 1 : 0));
        _key = dice.Next();
        double expected = flow.In(day, hour) * happen;
        _count = (int)expected + ((uint)dice.Next() < (expected - Math.Floor(expected)) * uint.MaxValue ? 1 : 0);
        if (always && _count == 0) _count = 1;
        _start = hour * 3_600_000;
        _step = _count == 0 ? 0 : 3_600_000.0 / _count;
        _keep = happen <= 0 ? 0 : (ulong)(Math.Min(1, kept / happen) * 4294967296.0);
        _next = -1;
        Advance();
        if (!always || Ms != int.MaxValue) return;
        _first = true;
        _next = -1;
        Advance();
    }

    /// <summary>When the next request ends, in milliseconds of the day; <see cref="int.MaxValue"/> after the last.</summary>
    public int Ms { get; private set; }

    public void Advance()
    {
        while (++_next < _count)
        {
            _bits = Dice.Mix(_key + (ulong)_next * Dice.Step);
            if ((uint)_bits >= _keep && !(_first && _next == 0)) continue;
            Ms = _start + (int)((_next + (_bits >> 40) / 16777216.0) * _step);
            return;
        }

        Ms = int.MaxValue;
    }

    /// <summary>The next request whole.</summary>
    public readonly void Fill(out Request request)
    {
        ulong choice = Dice.Mix(_bits + Dice.Step);
        ulong high = Dice.Mix(choice ^ _key);
        ulong low = Dice.Mix(high + Dice.Step);
        // Few people cause most of the traffic.
        double skew = (low >> 40) / 16777216.0;
        uint roll = (uint)(high >> 32) >> 8;
        request = new()
        {
            Protocol = _flow.Protocol,
            Noise = _flow.Noise,
            Ms = Ms,
            Taken = _flow.Noise ? 1 + (int)(roll & 15) : 8 + (int)(roll & 63) + ((roll & 0x700) == 0 ? (int)(roll >> 12) : 0),
            High = high,
            Low = low,
            Choice = choice,
            Person = _people[(int)(skew * skew * _people.Length)],
        };
        if (!_flow.Noise) request.Taken += Waiting(request);
    }

    /// <summary>Some clients keep a request open until there is news: Outlook for five minutes, telephones for up to a quarter of an hour.</summary>
    static int Waiting(in Request request) => request.Protocol switch
    {
        Protocol.Mapi when request.Percent < 12 => 299_000,
        Protocol.Eas when request.Pick(FrontEndLog.Commands.Length) == 0 => 60_000 + request.PickOther(840_000),
        Protocol.RpcHttp => request.PickOther(600_000),
        _ => 0,
    };
}
