using System.Security.Cryptography;
using Wasmtime;

namespace Tocsin.Detection.Yara.Portable;

/// <summary>The modules that YARA-X makes of conditions, by the hash of their bytes. Safe to share between threads.</summary>
/// <remarks>YARA-X asks for its module anew for each scan; compiling it would cost five times the scan.</remarks>
internal sealed class InnerModules(Engine engine) : IDisposable
{
    readonly Lock _lock = new();
    readonly Dictionary<string, Module> _modules = new(StringComparer.Ordinal);

    public Module Get(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        string key = Convert.ToHexString(hash);
        lock (_lock)
        {
            if (!_modules.TryGetValue(key, out Module? module)) _modules.Add(key, module = Module.FromBytes(engine, "rules", bytes));
            return module;
        }
    }

    public void Dispose()
    {
        foreach (Module module in _modules.Values) module.Dispose();
        _modules.Clear();
    }
}
