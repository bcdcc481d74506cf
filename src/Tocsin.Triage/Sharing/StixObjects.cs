using System.Text.Json;

namespace Tocsin.Triage.Sharing;

/// <summary>The objects of a bundle in the order in which they are first named. What is named again is the same object.</summary>
internal sealed class StixObjects
{
    readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    readonly List<(string Id, Action<Utf8JsonWriter> Write)> _objects = [];

    /// <summary>All ids so far, in order.</summary>
    public IEnumerable<string> Ids => _objects.Select(o => o.Id);

    /// <summary>Adds an object unless it is there; gives its id.</summary>
    public string Add(string id, Action<Utf8JsonWriter> write)
    {
        if (_ids.Add(id)) _objects.Add((id, write));
        return id;
    }

    /// <summary>Adds an observable, whose id its contributing properties make.</summary>
    public string Observable(string type, string canonicalJson, Action<Utf8JsonWriter> write) => Add($"{type}--{NameUuid.OfObservable(canonicalJson)}", write);

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartArray("objects");
        foreach ((string id, Action<Utf8JsonWriter> write) in _objects)
        {
            json.WriteStartObject();
            json.WriteString("type", id[..id.IndexOf("--", StringComparison.Ordinal)]);
            json.WriteString("spec_version", "2.1");
            json.WriteString("id", id);
            write(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
