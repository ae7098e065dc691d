<!DOCTYPE html>
<html lang="id">
<head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>@yield('judul', config('app.name'))</title>
</head>
<body>
    <a href="#isi">Langsung ke isi</a>
    <header>
        <p>{{ config('layanan.pemilik') }}</p>
    </header>
    <main id="isi">
        @yield('isi')
    </main>
</body>
</html>
