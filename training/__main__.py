"""`python -m training`. Worker processes import this module again, so it imports torch only where it runs."""

if __name__ == "__main__":
    import typer

    from training.command import main

    typer.run(main)
