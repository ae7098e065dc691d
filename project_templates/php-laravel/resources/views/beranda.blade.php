@extends('layouts.utama')

@section('judul', $nama)

@section('isi')
    <h1>{{ $nama }}</h1>
    <p>Layanan {{ $pemilik }}.</p>
@endsection
