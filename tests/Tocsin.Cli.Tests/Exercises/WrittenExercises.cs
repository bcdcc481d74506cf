using Tocsin.Cli.Exercises;

namespace Tocsin.Cli.Tests.Exercises;

/// <summary>Exercises that several tests look at, each written once and removed at the end.</summary>
public sealed class WrittenExercises : IDisposable
{
    const long Small = 8_000_000;

    readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("tocsin-exercise-");
    readonly Dictionary<(string, ulong), (ExerciseTruth, string)> _written = [];

    public (ExerciseTruth Truth, string Directory) this[string scenario, ulong seed]
    {
        get
        {
            lock (_written)
            {
                if (_written.TryGetValue((scenario, seed), out (ExerciseTruth, string) known)) return known;
                string directory = Path.Combine(_root.FullName, $"{scenario}-{seed}");
                return _written[(scenario, seed)] = (Exercise.Write(new(scenario, seed, Small, directory)), directory);
            }
        }
    }

    public string NewDirectory(string name) => Path.Combine(_root.FullName, name);

    public void Dispose() => _root.Delete(recursive: true);
}
