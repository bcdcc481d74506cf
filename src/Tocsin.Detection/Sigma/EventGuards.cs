using System.Buffers.Text;
using System.Text;
using Tocsin.Evidence.Records;

namespace Tocsin.Detection.Sigma;

/// <summary>The conditions on channel, id and provider that the rules of a log source have, each once. Immutable.</summary>
sealed class EventGuards
{
    const string ChannelField = "Channel";
    const string EventIdField = "EventID";
    const string ProviderField = "Provider_Name";

    readonly record struct Guard(int Channel, int[] EventIds, byte[]? Provider);

    readonly List<string> _keys = [];
    readonly List<Guard> _guards = [];
    readonly List<byte[]> _channels = [];
    readonly int _channelField;
    readonly int _eventIdField;
    readonly int _providerField;

    public EventGuards(FieldSet fields, IEnumerable<EventGuard> guards)
    {
        _channelField = fields.IndexOf(ChannelField);
        _eventIdField = fields.IndexOf(EventIdField);
        _providerField = fields.IndexOf(ProviderField);
        foreach (EventGuard guard in guards)
        {
            string key = KeyOf(guard);
            if (_keys.Contains(key)) continue;
            _keys.Add(key);
            byte[] channel = Encoding.UTF8.GetBytes(guard.Channel);
            int index = _channels.FindIndex(c => Ascii.EqualsIgnoreCase(c, channel));
            if (index < 0)
            {
                index = _channels.Count;
                _channels.Add(channel);
            }

            _guards.Add(new(index, guard.EventIds, guard.Provider is null ? null : Encoding.UTF8.GetBytes(guard.Provider)));
        }
    }

    /// <summary>The fields that guards look at.</summary>
    public static string[] Fields { get; } = [ChannelField, EventIdField, ProviderField];

    static string KeyOf(EventGuard guard) => $"{guard.Channel.ToUpperInvariant()}|{string.Join(',', guard.EventIds)}|{guard.Provider}";

    public int[] IndexesOf(EventGuard[] guards) => [.. guards.Select(g => _keys.IndexOf(KeyOf(g)))];

    int ChannelOf(in Record record)
    {
        ReadOnlySpan<byte> name = record[_channelField];
        for (int i = 0; i < _channels.Count; i++)
        {
            if (_channels[i].Length == name.Length && Ascii.EqualsIgnoreCase(_channels[i], name)) return i;
        }

        return -1;
    }

    /// <summary>Checks guards against one record, whose channel and id it reads once, if at all.</summary>
    public ref struct Cursor
    {
        readonly EventGuards _table;
        readonly Record _record;
        bool _read;
        int _channel;
        int _eventId;

        public Cursor(EventGuards table, in Record record)
        {
            _table = table;
            _record = record;
        }

        /// <summary>Whether one of the guards holds, or there is none.</summary>
        public bool Allows(int[] guards)
        {
            if (guards.Length == 0) return true;
            Read();
            foreach (int index in guards)
            {
                Guard guard = _table._guards[index];
                if (guard.Channel == _channel
                    && (guard.EventIds.Length == 0 || guard.EventIds.Contains(_eventId))
                    && (guard.Provider is null || Ascii.EqualsIgnoreCase(guard.Provider, _record[_table._providerField]))) return true;
            }

            return false;
        }

        void Read()
        {
            if (_read) return;
            _read = true;
            _channel = _table.ChannelOf(_record);
            ReadOnlySpan<byte> id = _record[_table._eventIdField];
            _eventId = Utf8Parser.TryParse(id, out int number, out int used) && used == id.Length ? number : -1;
        }
    }
}
