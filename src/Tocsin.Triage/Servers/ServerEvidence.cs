using Tocsin.Triage.Scanning;

namespace Tocsin.Triage.Servers;

/// <summary>The artifacts of one server.</summary>
internal sealed record ServerEvidence(string Name, string NameFrom, IReadOnlyList<ArtifactScan> Artifacts);
