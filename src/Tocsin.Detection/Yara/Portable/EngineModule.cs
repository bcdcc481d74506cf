using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Wasmtime;

namespace Tocsin.Detection.Yara.Portable;

/// <summary>The YARA-X module as machine code, made once in a process when the first rules are compiled. Safe to share between threads.</summary>
/// <remarks>
/// Nothing of Wasmtime is loaded before that: a scan that meets no file for YARA, or <c>--help</c>, does not pay for it.
/// Work is counted in Wasmtime's fuel, about one unit an instruction, and not in seconds: the same file is given up at
/// the same place on every machine.
/// </remarks>
internal sealed class EngineModule
{
    /// <summary>Of the module before packing; see <c>engine/README.md</c>.</summary>
    public const string Sha256 = "fbee0d2495826bac5c62f5e77a0199f1f3e08339e153a76dcac338fc6d7067b5";

    const int ModuleBytes = 5_869_126;

    static readonly Lock Making = new();
    static EngineModule? _made;

    EngineModule(Engine engine, Module module)
    {
        Engine = engine;
        Module = module;
    }

    public Engine Engine { get; }

    public Module Module { get; }

    /// <summary>The module; compiled, or loaded from the cache, at the first call.</summary>
    /// <exception cref="DllNotFoundException">Wasmtime's library does not lie beside the program.</exception>
    public static EngineModule Get(IYaraCache? cache)
    {
        lock (Making) return _made ??= Make(cache);
    }

    static EngineModule Make(IYaraCache? cache)
    {
        // Optimised code takes a third longer to make and runs three times as fast; the cache makes the first not matter.
        var config = new Config().WithFuelConsumption(true).WithOptimizationLevel(OptimizationLevel.Speed).WithReferenceTypes(true);
        var engine = new Engine(config);
        string key = string.Create(CultureInfo.InvariantCulture, $"yara-x-{Sha256[..16]}-wasmtime-{typeof(Engine).Assembly.GetName().Version}-{(OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")}-{RuntimeInformation.ProcessArchitecture}.bin").ToLowerInvariant();
        if (Cached(engine, cache, key) is { } cached) return new(engine, cached);

        Module module = Module.FromBytes(engine, "yara-x", Unpacked());
        cache?.Keep(key, module.Serialize());
        return new(engine, module);
    }

    // The key cannot name the processor's abilities; Wasmtime looks at them itself and refuses what it cannot run.
    static Module? Cached(Engine engine, IYaraCache? cache, string key)
    {
        byte[] code = cache?.Load(key) ?? [];
        if (code.Length == 0) return null;
        try
        {
            return Module.Deserialize(engine, "yara-x", code);
        }
        catch (WasmtimeException)
        {
            return null;
        }
    }

    /// <summary>The module's bytes, checked.</summary>
    public static byte[] Unpacked()
    {
        byte[] bytes = new byte[ModuleBytes];
        using (Stream packed = typeof(EngineModule).Assembly.GetManifestResourceStream("yara-x.wasm.br")!)
        using (var brotli = new BrotliStream(packed, CompressionMode.Decompress))
        {
            brotli.ReadExactly(bytes);
            if (brotli.ReadByte() >= 0) throw new InvalidDataException("The YARA engine in this program is longer than it should be.");
        }

        return Convert.ToHexStringLower(SHA256.HashData(bytes)) == Sha256
            ? bytes
            : throw new InvalidDataException("The YARA engine in this program is not the one it was built with: its SHA-256 differs.");
    }
}
