using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Tocsin.Detection.Tests")]
