using Wasmtime;

namespace Tocsin.Detection.Yara.Portable;

// What JavaScript's values are on our side. null is null, numbers are double, bigints long or ulong, truth values bool,
// text string, arrays List<object?>, objects HostObject; WebAssembly.Module, Memory, Global are Wasmtime's own.

/// <summary>JavaScript's <c>undefined</c>.</summary>
internal sealed class Undefined
{
    public static readonly Undefined Value = new();
}

/// <summary>An object with named properties, in the order in which they were set.</summary>
internal sealed class HostObject
{
    readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);

    public object? this[string key]
    {
        get => _values.TryGetValue(key, out object? value) ? value : Undefined.Value;
        set => _values[key] = value;
    }

    public bool Has(string key) => _values.ContainsKey(key);
}

/// <summary>A JavaScript error.</summary>
internal sealed record HostError(string Message);

/// <summary>Thrown where JavaScript would throw.</summary>
internal sealed class HostException(string message) : Exception(message);

/// <summary>The buffer of a memory: what <c>Uint8Array</c> is made over.</summary>
internal sealed record HostBuffer(Memory Memory);

/// <summary>Bytes of a memory, or of our own where <paramref name="Memory"/> is null.</summary>
internal sealed record HostBytes(Memory? Memory, byte[] Own)
{
    public int Length => Memory is null ? Own.Length : (int)Memory.GetLength();

    public Span<byte> Span => Memory is null ? Own : Memory.GetSpan(0L, (int)Memory.GetLength());
}

/// <summary>A function of the engine that the rules' own module calls.</summary>
/// <param name="A">The closure's data in the engine's memory; 0 while it runs, so that it cannot be entered twice.</param>
/// <param name="B">Its table of functions.</param>
internal sealed class HostClosure(int A, int B)
{
    public int Data { get; set; } = A;

    public int Functions { get; } = B;

    public int References { get; set; } = 1;
}
