rootProject.name = "portico-jetbrains"
