from decarb.resources import data_file, data_folder, locale_folder, read_rows


def test_packaged_data_is_found():
    assert (data_folder("emission_factors") / "factors.csv").is_file()
    assert (data_folder("schemas") / "inventory.schema.json").is_file()
    assert data_file("stages.csv").is_file()
    assert locale_folder().name == "locale"


def test_rows_of_a_file_with_a_byte_order_mark(tmp_path):
    path = tmp_path / "rows.csv"
    # a spreadsheet writes a byte order mark, and a cell with a comma and a line break in quotes
    path.write_bytes('\ufeffid,name\r\n1,"é, a\nb"\r\n'.encode())
    assert list(read_rows(path)) == [{"id": "1", "name": "é, a\nb"}]
