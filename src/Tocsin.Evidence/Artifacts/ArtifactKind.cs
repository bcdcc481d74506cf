using Tocsin.Evidence.Records;

namespace Tocsin.Evidence.Artifacts;

/// <summary>What an artifact was recognised as, by its content.</summary>
/// <param name="Id">A short stable word: <c>iis</c>, <c>httpproxy/ecp</c>, <c>ecp-server</c>, <c>windows-events</c> …</param>
/// <param name="Title">What a person calls it: "IIS log", "HttpProxy log (Ecp)".</param>
/// <param name="LogSource">What rules call it.</param>
public sealed record ArtifactKind(string Id, string Title, LogSource LogSource);
