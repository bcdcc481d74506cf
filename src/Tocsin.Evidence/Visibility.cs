using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Tocsin.Evidence.Tests")]
