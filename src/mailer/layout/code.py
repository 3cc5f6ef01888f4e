"""The short classes of Pygments, by the colour of the theme that code with them takes."""

CODE_CLASSES: dict[str, tuple[str, ...]] = {
    "code_comment": ("c", "ch", "cm", "c1", "cs", "cp", "cpf", "go", "gp"),
    "code_keyword": ("k", "kc", "kd", "kn", "kp", "kr", "kt", "ow"),
    "code_name": ("na", "nb", "nc", "nd", "nf", "fm", "nn", "nt", "gh", "gu"),
    "code_number": ("m", "mb", "mf", "mh", "mi", "mo", "il", "no", "gd", "gr"),
    "code_string": ("s", "sa", "sb", "sc", "dl", "sd", "s2", "se", "sh", "si", "sx", "sr", "s1", "ss", "gi"),
}
