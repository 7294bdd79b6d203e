"""What a bench makes for itself is gone when it ends."""

from pathlib import Path

from percorso.bench.frame import open_ground


async def test_a_ground_keeps_its_data_in_a_folder_that_goes_with_it() -> None:
    async with open_ground() as ground:
        async with ground.database.connection() as connection:
            data = Path(await connection.fetchval("SELECT current_setting('data_directory')"))
        assert data.is_relative_to(ground.folder)
    assert not ground.folder.exists()
