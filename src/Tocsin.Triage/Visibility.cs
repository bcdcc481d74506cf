using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Tocsin.Triage.Tests")]
