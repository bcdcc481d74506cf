using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.WindowsEvents;

/// <summary>What an event of the channel <c>MSExchange Management</c> says of a cmdlet: the whole call, and how it ended. One thread.</summary>
/// <remarks>The call stands in the message, or, where the event has no message text, in the data fields one behind the other.</remarks>
internal sealed class ManagementCall(FieldSet fields)
{
    readonly int _command = fields.IndexOf("Command");
    readonly int _outcome = fields.IndexOf("Outcome");
    byte[] _joined = new byte[256];
    int _length;

    /// <summary>The channel of these events.</summary>
    public static ReadOnlySpan<byte> Channel => "MSExchange Management"u8;

    /// <summary>Index of the field <c>Command</c>, or -1.</summary>
    public int Command => _command;

    /// <summary>Whether data fields were joined.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>Forgets the event before.</summary>
    public void Clear() => _length = 0;

    /// <summary>Room for the text of one more data field; follow with <see cref="Commit"/>.</summary>
    public Span<byte> Reserve(int maxLength)
    {
        if (_joined.Length < _length + maxLength + 1) Array.Resize(ref _joined, (_length + maxLength + 1) * 2);
        return _joined.AsSpan(_length + (_length > 0 ? 1 : 0), maxLength);
    }

    /// <summary>Adds what was written into the reserved room, behind a blank.</summary>
    public void Commit(int length)
    {
        if (length <= 0) return;
        if (_length > 0) _joined[_length++] = (byte)' ';
        _length += length;
    }

    /// <summary>Adds the joined fields as <c>Command</c>.</summary>
    public void AddCommand(RecordBuffer values) => values.Add(_command, _joined.AsSpan(0, _length));

    /// <summary>Adds <c>Outcome</c> as the event's id tells it: 1 succeeded, 6 failed.</summary>
    public void AddOutcome(RecordBuffer values, ReadOnlySpan<byte> eventId) =>
        values.Add(_outcome, eventId.SequenceEqual("1"u8) ? "succeeded"u8 : eventId.SequenceEqual("6"u8) ? "failed"u8 : "unknown"u8);
}
