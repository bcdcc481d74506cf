namespace Tocsin.Triage.Baselines;

/// <summary>Files known to be good, by their hashes. Immutable; safe to share between threads.</summary>
public abstract class KnownFiles
{
    /// <summary>No file is known.</summary>
    public static KnownFiles None { get; } = new Nothing();

    /// <summary>What a file of this SHA-256 is known as; null where it is not known.</summary>
    /// <param name="sha256">64 digits of hex in any case; null is known as nothing.</param>
    public abstract string? Find(string? sha256);

    /// <summary>Whether files are known by MD5 or SHA-1 alone, so that computing these is worth its time.</summary>
    public abstract bool HasOldHashes { get; }

    /// <summary>What a file of this MD5 (16 bytes) or SHA-1 (20 bytes) is known as; null where it is not known.</summary>
    public abstract string? FindOld(ReadOnlySpan<byte> hash);

    sealed class Nothing : KnownFiles
    {
        public override bool HasOldHashes => false;

        public override string? Find(string? sha256) => null;

        public override string? FindOld(ReadOnlySpan<byte> hash) => null;
    }
}
