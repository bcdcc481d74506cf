using Tocsin.Evidence.Records;

namespace Tocsin.Triage.Clocks;

/// <summary>A command in an artifact, to be found again in another log of the same server.</summary>
internal readonly record struct CommandAt(ulong Name, DateTime TimeUtc, Position At);

/// <summary>What the times of one artifact's records show while they are read. Filled on one thread.</summary>
internal sealed class ClockTrack
{
    /// <summary>Bounds memory, and the pairs of commands that are compared in the end.</summary>
    const int MaxCommands = 32;

    /// <summary>A clock that is put right by its time service jumps by seconds; lines of one moment are written by several threads out of order.</summary>
    static readonly TimeSpan _jump = TimeSpan.FromMinutes(5);

    /// <summary>A log that goes back more often than this has no order at all.</summary>
    const int MaxJumps = 3;

    List<CommandAt>? _commands;
    (DateTime Time, Position At) _first;
    DateTime _last;
    Position _lastAt;
    long _forward;
    int _jumps;

    /// <summary>The first commands that it names.</summary>
    public IReadOnlyList<CommandAt> Commands => _commands ?? (IReadOnlyList<CommandAt>)[];

    /// <summary>Where the time went back, if it did so once or a few times in a log that is otherwise in order.</summary>
    public (DateTime Before, Position BeforeAt, DateTime After, Position At)? SetBack => _jumps is > 0 and <= MaxJumps && _forward > 10 * _jumps ? _setBack : null;

    (DateTime Before, Position BeforeAt, DateTime After, Position At) _setBack;

    /// <summary>Takes the time of the next record.</summary>
    public void Follow(DateTime time, Position at)
    {
        if (_last != default)
        {
            if (time < _last - _jump)
            {
                if (_jumps++ == 0) _setBack = (_last, _lastAt, time, at);
            }
            else
            {
                _forward++;
            }
        }

        else
        {
            _first = (time, at);
        }

        (_last, _lastAt) = (time, at);
    }

    /// <summary>Takes what was seen in the part of the artifact that follows.</summary>
    public void Join(ClockTrack next)
    {
        foreach (CommandAt command in next.Commands) Add(command);
        if (next._last == default) return;
        Follow(next._first.Time, next._first.At);
        if (_jumps == 0) _setBack = next._setBack;
        _jumps += next._jumps;
        _forward += next._forward;
        (_last, _lastAt) = (next._last, next._lastAt);
    }

    /// <summary>Takes a command.</summary>
    public void Add(CommandAt command)
    {
        _commands ??= [];
        if (_commands.Count < MaxCommands) _commands.Add(command);
    }
}
