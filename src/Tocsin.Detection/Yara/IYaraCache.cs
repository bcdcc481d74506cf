namespace Tocsin.Detection.Yara;

/// <summary>Keeps the machine code of the portable engine, which takes seconds to make and milliseconds to load. Called from one thread at a time.</summary>
/// <remarks>
/// What is kept is executed when it is loaded: keep it where nobody else can write. Libraries write nothing, so whoever has a
/// place for it brings it; without one the engine is compiled anew in each process.
/// </remarks>
public interface IYaraCache
{
    /// <summary>What was kept under a key; empty where nothing was.</summary>
    /// <param name="key">Letters, digits, dots and dashes: version and hash of the engine, the system it was made for.</param>
    byte[] Load(string key);

    /// <summary>Keeps something. Failing to is no error.</summary>
    void Keep(string key, ReadOnlySpan<byte> code);
}
