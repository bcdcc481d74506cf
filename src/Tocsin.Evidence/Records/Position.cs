namespace Tocsin.Evidence.Records;

/// <summary>Where a record stands in its artifact.</summary>
/// <param name="Line">Line number from 1; for binary formats the record id.</param>
/// <param name="Offset">Byte offset of the record's first byte in the artifact, from 0.</param>
public readonly record struct Position(long Line, long Offset);
