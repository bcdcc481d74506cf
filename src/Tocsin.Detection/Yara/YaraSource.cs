namespace Tocsin.Detection.Yara;

/// <summary>One file of YARA rules.</summary>
/// <param name="File">As the caller names it, for messages.</param>
/// <param name="Namespace">Within which the names of its rules are unique. Several files may not share one.</param>
/// <param name="Text">The rules.</param>
public sealed record YaraSource(string File, string Namespace, string Text);
