using Tocsin.Evidence.Artifacts;

namespace Tocsin.Evidence.Hive;

/// <summary>Knows a hive's transaction log (<c>.LOG1</c>, <c>.LOG2</c>): it is read with its hive, and gives no records by itself.</summary>
public sealed class TransactionLogReader : ArtifactReader
{
    static readonly ArtifactKind _kind = new("registry-log", "Registry transaction log, read with its hive", HiveReader.Source);

    TransactionLogReader()
    {
    }

    /// <inheritdoc />
    public override ArtifactKind Kind => _kind;

    /// <summary>Takes a transaction log by its first bytes.</summary>
    public static TransactionLogReader? TryRecognise(ReadOnlySpan<byte> head) =>
        HiveHeader.TryRead(head, out HiveHeader header) && header.IsLog ? new TransactionLogReader() : null;

    /// <inheritdoc />
    public override void Read(Stream content, ReadContext context)
    {
    }
}
